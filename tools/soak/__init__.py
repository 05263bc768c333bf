# SPDX-License-Identifier: Apache-2.0
"""A long, rough run of a served site: `make soak MINUTES=30`. `docs/how-to/run-the-tests.md` says how to read it."""
