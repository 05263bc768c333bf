# SPDX-License-Identifier: Apache-2.0
"""Answers on their way out: a sealed outbox that survives any outage, and the one module that sends.

No mail leaves without an enquiry behind it, and sending is a reading: journaled and durable before the
sealed answer is opened.
"""
