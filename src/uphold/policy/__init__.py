# SPDX-License-Identifier: Apache-2.0
"""The policy as the only source: its text and declarations read, checked, frozen into editions.

`document` is what everybody reads; `import_`, `markdown` and `parse` make it from files, `check`
tells what is missing or contradicts itself, `wording` derives the consent documents, `publish`
keeps the editions. Nothing here knows a person's data.
"""
