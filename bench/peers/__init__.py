# SPDX-License-Identifier: Apache-2.0
"""What a site's owner would take for consents otherwise, each as its own documentation sets it up."""
