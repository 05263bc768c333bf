# SPDX-License-Identifier: Apache-2.0
"""A person's requests: which state each is in, what is due when by law, how it is fulfilled."""
