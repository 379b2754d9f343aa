"""send_images: a picture of a product is attached to it."""

from typing import Any

from visma_sync.flows import image_source
from visma_sync.operators.steps import RecordsOperator
from visma_sync.sync.products.images import send_images
from visma_sync.systems.eaccounting.client import EAccountingClient
from visma_sync.systems.vismanet.client import VismaNetClient


class SendImages(RecordsOperator):
    """Attaches the pictures of the run's products, where the settings say where pictures are."""

    uses_mappings = False

    def execute(self, context: Any) -> dict[str, int]:
        """Give the number of products by outcome; nothing where there are no pictures."""
        run = self._open(context)

        pictures = image_source(run.settings)
        if pictures is None or not self.records:
            self.log.info("Nothing to send: no records, or products.images names no place.")
            return {}

        async def send(source: EAccountingClient, target: VismaNetClient) -> dict[str, int]:
            try:
                return await send_images(run, target, pictures, self.records)
            finally:
                await pictures.close()

        counts: dict[str, int] = self._with_systems(run, send)
        self.log.info("%s", counts)
        return counts
