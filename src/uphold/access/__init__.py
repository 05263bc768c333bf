# SPDX-License-Identifier: Apache-2.0
"""Staff come in: who they are, what they may do, and the one door through which they read.

`gate` and `permission` decide and store nothing; `reading` obeys them: it decides, journals, commits,
and only then opens. Nothing here is about the subjects' own access to their data.
"""
