"""How each precision is quantised today. Copies by another recipe are refused."""

from collections.abc import Mapping

# What a copy's manifest and the name of its folder say, by precision; the name begins with the precision.
# Whatever changes what a copy holds (the group, the calibration, its texts) changes the name.
RECIPES: Mapping[str, str] = {
    "int8": "int8-g128",
    "int4h8": "int4h8-g128-gptq5",
    "int4": "int4-g128-gptq5",
    "q4_0": "q4_0-g32-h8",
    "nf4": "nf4-b64",
}
