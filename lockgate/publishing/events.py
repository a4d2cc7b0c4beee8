"""Names of the facts that this room records itself: d:<delivery id>, under m:<message id>.

What a delivery came to is recorded by the gateway, in the transaction in which it settles the passage.
"""

READ_BACK = "publishing.delivery.read_back"
RECALL_ASKED = "publishing.delivery.recall_asked"
RETRIED = "publishing.delivery.retried"
