# SPDX-License-Identifier: Apache-2.0
"""Plain text: what was sent, that the box was ticked, and who looked at what."""

from django.db import models


class Submission(models.Model):
    """One message."""

    name = models.CharField(max_length=200)
    email = models.EmailField()
    phone = models.CharField(max_length=40, blank=True)
    message = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)


class Visit(models.Model):
    """One page request, in plain text."""

    address = models.GenericIPAddressField()
    cookie = models.CharField(max_length=100, blank=True)
    browser = models.CharField(max_length=512)
    page = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)


class Consent(models.Model):
    """The consent given with a message."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE)
    purpose = models.CharField(max_length=80)
    wording = models.CharField(max_length=64)
    given_at = models.DateTimeField(auto_now_add=True)
