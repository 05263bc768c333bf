# SPDX-License-Identifier: Apache-2.0
"""The example site with a second form: two purposes on consent (one box may be refused), one on a contract.

order.toml    name, email, goods, comment
              delivery     contract, no box
              newsletter   consent, a box that may stay empty
              communication    consent, a mandatory box
"""

from functools import cache

from tests import editions
from uphold.policy import digest, publish
from uphold.policy.document import Edition

FORM = "order"

PURPOSES = """
[category.goods]
title = "Goods"

[purpose.delivery]
clause = "2.1"
title.en = "delivering what you ordered"
title.ru = "доставка заказа"
basis = "contract"
ground.en = "You order goods, and they cannot be delivered without these data."
ground.ru = "Вы заказываете товар, и без этих данных доставить его нельзя"
retention = { after = "received", term = "P3Y" }
actions = ["collect", "record", "store", "use", "destroy"]
categories = ["name", "email", "goods"]
roles = ["owner", "clerk"]

[purpose.newsletter]
clause = "2.2.1"
title.en = "sending our news"
title.ru = "рассылка новостей"
basis = "consent"
retention = { after = "withdrawn", term = "P1D", at-most = "P2Y" }
actions = ["collect", "record", "store", "use", "destroy"]
categories = ["email"]
roles = ["owner"]
recipients = ["mail-relay"]
"""

ORDER = """
title.en = "Order"
title.ru = "Заказ"

[[field]]
key = "name"
label.en = "Name"
label.ru = "Имя"
type = "text"
mandatory = true
categories = ["name"]
purposes = ["delivery"]
autocomplete = "name"

[[field]]
key = "email"
label.en = "E-mail"
label.ru = "Почта"
type = "email"
mandatory = true
categories = ["email"]
purposes = ["delivery", "newsletter"]

[[field]]
key = "goods"
label.en = "Goods"
label.ru = "Товар"
type = "choice"
mandatory = true
categories = ["goods"]
purposes = ["delivery"]

[[field.option]]
value = "lamp"
label.en = "Lamp"
label.ru = "Лампа"

[[field.option]]
value = "chair"
label.en = "Chair"
label.ru = "Стул"

[[field]]
key = "comment"
label.en = "Comment"
label.ru = "Примечание"
type = "long-text"
mandatory = false
categories = ["message"]
purposes = ["communication"]

[[consent]]
purpose = "communication"
mandatory = true

[[consent]]
purpose = "newsletter"
mandatory = false
"""


def files() -> dict[str, bytes]:
    """The files of the example site with the second form."""
    found = editions.files()
    found["policy/policy.toml"] += PURPOSES.encode()
    found[f"forms/{FORM}.toml"] = ORDER.encode()
    return found


@cache
def edition() -> Edition:
    archive = publish.prepare(files())
    return publish.load(archive, digest.of(archive), 1, 0, 0)
