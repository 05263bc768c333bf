# SPDX-License-Identifier: Apache-2.0
"""The message side of a submission: which state it is in, who works on it, and the answer to it."""
