# SPDX-License-Identifier: Apache-2.0
"""The feedback form of the baseline."""

from django import forms


class FeedbackForm(forms.Form):
    """Name, contact, message and a box that must be ticked."""

    name = forms.CharField(max_length=200)
    email = forms.EmailField()
    phone = forms.CharField(max_length=40, required=False)
    message = forms.CharField(max_length=4000)
    consent = forms.BooleanField()
