"""How a Gemma sees: its vision tower, and the projector from there to what its tokens stand for."""

from pathlib import Path
from typing import Any, Self, cast

import torch
from torch import nn
from torch.func import functional_call
from transformers import (
    AutoConfig,
    Gemma3Config,
    PreTrainedTokenizerFast,
    SiglipVisionConfig,
    SiglipVisionModel,
)
from transformers.models.gemma3.image_processing_pil_gemma3 import Gemma3ImageProcessorPil
from transformers.models.gemma3.modeling_gemma3 import Gemma3MultiModalProjector, Gemma3PreTrainedModel

from services.gemma.interface.local_model import Image, LoadError
from services.gemma.weights.checkpoint import SAFELY, VISION_TOWER, refuse_wrong_keys, text_key


class Tower(Gemma3PreTrainedModel):
    """The weights, without those of the rest of the model."""

    config: Gemma3Config

    def __init__(self, config: Gemma3Config) -> None:
        super().__init__(config)
        self.vision_tower = SiglipVisionModel(cast("SiglipVisionConfig", config.vision_config))
        self.multi_modal_projector = Gemma3MultiModalProjector(config)  # type: ignore[no-untyped-call]
        self.post_init()  # type: ignore[no-untyped-call]


class Vision:
    """Looks at images.

    Attributes:
        side: Width and height of an image.
        tokens: How many an image takes.
        token: What stands for each of them in the tokenizer's vocabulary.
    """

    def __init__(self, tower: Tower, processor: Gemma3ImageProcessorPil) -> None:
        config: Any = tower.config
        self.side: int = config.vision_config.image_size
        self.tokens: int = config.mm_tokens_per_image
        self.token: int = config.image_token_index
        self._tower = tower
        self._processor = processor
        self._threads = torch.get_num_threads()

    @classmethod
    def load(cls, folder: Path, device: str) -> Self:
        """Loads it from a model's folder; a quantised copy has none of it.

        Raises:
            LoadError: It is not there, or not whole.
        """
        config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        try:
            processor = Gemma3ImageProcessorPil.from_pretrained(folder, local_files_only=True)
        except OSError as error:
            raise LoadError("there is no preprocessor_config.json: it says how images are read") from error
        loaded: Any = Tower.from_pretrained(
            folder, config=config, key_mapping=VISION_TOWER, dtype=torch.bfloat16, **SAFELY
        )
        tower, report = loaded
        reshaped = {key for key, *_ in report["mismatched_keys"]}
        surplus = {key for key in report["unexpected_keys"] if text_key(key) is None}
        refuse_wrong_keys(report["missing_keys"], reshaped, surplus)
        return cls(tower.eval().to(device), processor)

    def teach(self, tokenizer: PreTrainedTokenizerFast) -> None:
        """Has the chat template write all of an image's tokens where it writes the first.

        So they are the template's own, as Gemma's processor has them, and those that a message spells out
        are text.

        Raises:
            LoadError: The tokenizer or its template knows no images.
        """
        config: Any = self._tower.config
        ids = [config.boi_token_index, config.eoi_token_index, self.token]
        begin, end, soft = cast("list[str | None]", tokenizer.convert_ids_to_tokens(ids))
        template = cast("str", tokenizer.chat_template)
        if not (begin and end and soft and begin in template):
            raise LoadError("the tokenizer or its chat template knows no images: use the model's own")
        whole = f"\n\n{begin}{soft * self.tokens}{end}\n\n"
        tokenizer.chat_template = template.replace(begin, whole)

    def look(self, image: Image) -> "Look":
        """Begins to look at an image."""
        colours = torch.frombuffer(bytearray(image.colours), dtype=torch.uint8)
        square = colours.view(self.side, self.side, 3)
        pixels = self._processor(square, input_data_format="channels_last", return_tensors="pt")
        return Look(self._tower, pixels["pixel_values"], self._threads)


class Look:
    """One image on its way through the tower, a layer at a time: others go on writing in between.

    Attributes:
        rows: What the image's tokens stand for, of shape (tokens, hidden); None until all layers are done.
    """

    def __init__(self, tower: Tower, pixels: torch.Tensor, threads: int) -> None:
        self.rows: torch.Tensor | None = None
        self._tower = tower
        # Without AVX512_BF16 a layer in bf16 takes six times as long as in fp32.
        self._dtype = torch.float32 if tower.device.type == "cpu" else torch.bfloat16
        self._hidden = pixels.to(tower.device, self._dtype)
        self._done = 0
        self._threads = threads

    def go_on(self) -> None:
        """Takes it through one layer more; after an error it may be called again."""
        threads = torch.get_num_threads()
        # The kernels of four bits leave torch one thread, for they have their own.
        torch.set_num_threads(self._threads)
        try:
            self._layer()
        finally:
            torch.set_num_threads(threads)

    def _layer(self) -> None:
        vision = self._tower.vision_tower
        layers = vision.encoder.layers
        hidden = self._call(vision.embeddings, self._hidden) if not self._done else self._hidden
        hidden = self._call(layers[self._done], hidden, None)
        if self._done == len(layers) - 1:
            hidden = self._call(vision.post_layernorm, hidden)
            self.rows = self._call(self._tower.multi_modal_projector, hidden)[0]
        self._hidden = hidden
        self._done += 1

    def _call(self, module: nn.Module, *inputs: torch.Tensor | None) -> torch.Tensor:
        """Calls a module with its weights in our dtype, of which no more than these are in memory."""
        weights = {name: each.to(self._dtype) for name, each in module.named_parameters()}
        return cast("torch.Tensor", functional_call(module, weights, inputs))
