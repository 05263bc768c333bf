# SPDX-License-Identifier: Apache-2.0
"""The command line. Start-up is felt, so a topic imports its rooms only inside the function that runs it.

This is the one place where imports stand inside functions: `uphold --help` loads argparse and nothing else.
"""
