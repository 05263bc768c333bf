# SPDX-License-Identifier: Apache-2.0
"""What lets a site outlive its disks without outliving what was erased: the change of its keys."""
