# SPDX-License-Identifier: Apache-2.0
"""The public face of the journal (C2SP tlog-tiles): signed head, hash tiles, key. Entries are not public."""

from importlib import resources

from starlette.requests import Request
from starlette.responses import Response

from uphold import errors
from uphold.app import App
from uphold.journal import tile
from uphold.web import reply

_TEXT = "text/plain; charset=utf-8"
_FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}
_BRIEFLY = {"cache-control": "public, max-age=1"}
SCRIPT = "verify-receipt.sh"


class Tiles:
    """The handlers under `/journal`."""

    def __init__(self, app: App) -> None:
        """Serve the journal of `app`."""
        self.app = app

    def checkpoint(self, request: Request) -> Response:
        """`/journal/checkpoint`: the newest signed head."""
        try:
            with self.app.database.read() as connection:
                note = self.app.log.head(connection).note
        except errors.UpholdError as error:
            return reply.of_error(self.app, request, error)
        return Response(note, media_type=_TEXT, headers=_BRIEFLY)

    def tile(self, request: Request) -> Response:
        """`/journal/tile/<L>/<N>[.p/<W>]`: the hashes of one tile."""
        try:
            address = tile.parse(f"tile/{request.path_params['path']}")
            with self.app.database.read() as connection:
                hashes = self.app.log.tile(connection, address.level, address.number, address.width)
        except errors.Invalid:
            return reply.problem(self.app, request, 404)
        except errors.UpholdError as error:
            return reply.of_error(self.app, request, error)
        return Response(hashes, media_type="application/octet-stream", headers=_FOR_EVER)

    def key(self, _: Request) -> Response:
        """`/journal/key`: the verifier key in one line."""
        return Response(self.app.log.vkey + "\n", media_type=_TEXT, headers=_BRIEFLY)

    def keys(self, _: Request) -> Response:
        """`/journal/keys`: that line, then one for each journal that a restore ended, the latest first."""
        return Response("\n".join(self.app.log.vkeys) + "\n", media_type=_TEXT, headers=_BRIEFLY)

    def script(self, _: Request) -> Response:
        """`/journal/verify.sh`: the script that verifies a receipt without Uphold."""
        file = resources.files("uphold.journal") / SCRIPT
        return Response(file.read_bytes(), media_type=_TEXT, headers=_BRIEFLY)
