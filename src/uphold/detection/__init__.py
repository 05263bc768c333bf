# SPDX-License-Identifier: Apache-2.0
"""Detection: rules over what the journal and the doors say, each alert once, and felt by the next request.

It is called by nobody: it reads from a cursor, so that a crash between an act and its detection loses nothing.
"""
