# SPDX-License-Identifier: Apache-2.0
"""What a package wants to have before the first consent: a purpose and a published text. Run as a module."""

import django

PURPOSE = "answer"
DOCUMENT = "consent"
TEXT = "Я согласен на обработку указанных данных, чтобы получить ответ на обращение. " * 4


def main() -> None:
    """Register the purpose and publish the text."""
    django.setup()
    # Only after that may a package with models be loaded.
    from django_consent_152fz import service_api  # noqa: PLC0415 - see above
    from django_consent_152fz.core import services  # noqa: PLC0415 - see above

    service_api.register_purposes_from_config()
    services.publish_document_revision(
        document_code=DOCUMENT,
        purpose_code=PURPOSE,
        content_format="markdown",
        content_text=TEXT,
        document_title="Согласие",
    )


if __name__ == "__main__":
    main()
