"""Encodes images: the vision tower of a Gemma 3, and the projector to the text model's embeddings."""

from typing import Any, cast

import torch
from torch import nn
from torch.func import functional_call
from transformers import Gemma3Config, SiglipVisionConfig, SiglipVisionModel
from transformers.models.gemma3.image_processing_pil_gemma3 import Gemma3ImageProcessorPil
from transformers.models.gemma3.modeling_gemma3 import Gemma3MultiModalProjector, Gemma3PreTrainedModel

from services.gemma.interface.generation_request import RgbImage


class VisionTower(Gemma3PreTrainedModel):
    """The weights of the vision tower and the projector, without the text model's.

    Its attributes bear the names of the checkpoints.
    """

    config: Gemma3Config

    def __init__(self, config: Gemma3Config) -> None:
        super().__init__(config)
        self.vision_tower = SiglipVisionModel(cast("SiglipVisionConfig", config.vision_config))
        self.multi_modal_projector = Gemma3MultiModalProjector(config)  # type: ignore[no-untyped-call]
        self.post_init()  # type: ignore[no-untyped-call]


class ImageEncoder:
    """Turns images into embeddings.

    Attributes:
        side: Width and height of an image, in pixels.
        tokens_per_image: How many tokens an image takes in a prompt.
        soft_token: The token of the vocabulary that a chat template writes for each of them.
        boundary_tokens: The tokens before and after an image's.
        tower: The weights.
    """

    def __init__(self, tower: VisionTower, processor: Gemma3ImageProcessorPil) -> None:
        config: Any = tower.config
        self.side: int = config.vision_config.image_size
        self.tokens_per_image: int = config.mm_tokens_per_image
        self.soft_token: int = config.image_token_index
        self.boundary_tokens: tuple[int, int] = (config.boi_token_index, config.eoi_token_index)
        self.tower = tower
        self._processor = processor
        self._threads = torch.get_num_threads()

    def begin(self, image: RgbImage) -> "ImageEncoding":
        """Normalizes an image's pixels and begins to encode it."""
        colours = torch.frombuffer(bytearray(image.pixels), dtype=torch.uint8)
        square = colours.view(self.side, self.side, 3)
        pixels = self._processor(square, input_data_format="channels_last", return_tensors="pt")
        return ImageEncoding(self.tower, pixels["pixel_values"], self._threads)


class ImageEncoding:
    """One image on its way through the tower, a layer at a time, so that a decode step can follow each layer.

    Attributes:
        embeddings: Of shape (tokens per image, hidden size of the text model); None until the last layer.
    """

    def __init__(self, tower: VisionTower, pixels: torch.Tensor, threads: int) -> None:
        self.embeddings: torch.Tensor | None = None
        self._tower = tower
        # Measured on a CPU without AVX512_BF16: a layer in bf16 takes six times as long as in fp32.
        self._dtype = torch.float32 if tower.device.type == "cpu" else torch.bfloat16
        self._hidden = pixels.to(tower.device, self._dtype)
        self._layers_done = 0
        self._threads = threads

    def run_next_layer(self) -> None:
        """Computes one more layer. After an error it may be called again."""
        threads = torch.get_num_threads()
        # The int4 kernels have threads of their own and leave torch one.
        torch.set_num_threads(self._threads)
        try:
            self._compute_layer()
        finally:
            torch.set_num_threads(threads)

    def _compute_layer(self) -> None:
        vision = self._tower.vision_tower
        layers = vision.encoder.layers
        hidden = self._hidden if self._layers_done else self._call(vision.embeddings, self._hidden)
        hidden = self._call(layers[self._layers_done], hidden, None)
        if self._layers_done == len(layers) - 1:
            hidden = self._call(vision.post_layernorm, hidden)
            self.embeddings = self._call(self._tower.multi_modal_projector, hidden)[0]
        self._hidden = hidden
        self._layers_done += 1

    def _call(self, module: nn.Module, *inputs: torch.Tensor | None) -> torch.Tensor:
        """Calls a module with its weights converted, so that no other converted weights are in memory."""
        weights = {name: each.to(self._dtype) for name, each in module.named_parameters()}
        return cast("torch.Tensor", functional_call(module, weights, inputs))
