# SPDX-License-Identifier: Apache-2.0
"""`python -m uphold`, the same as `uphold`."""

import sys

from uphold.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
