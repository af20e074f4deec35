"""Writes a request as OpenAI's Chat Completions have it, which Hugging Face shares."""

import base64
from typing import Any

from chorus.model.v1 import content_pb2, model_pb2
from modelkit.fencing import TaggedFence
from modelkit.generate_request import content_parts
from modelkit.json_schema.answer_schema import AnswerSchema
from services.cloud_proxy.provider import Prompt

_ROLES = {content_pb2.ROLE_USER: "user", content_pb2.ROLE_MODEL: "assistant"}


def chat_messages(prompt: Prompt) -> list[dict[str, Any]]:
    """Returns the system instruction and the turns as messages, with the documents fenced."""
    messages = message_blocks(prompt)
    for each in messages:
        blocks = each["content"]
        if all(block["type"] == "text" for block in blocks):
            # Small servers accept only a string.
            each["content"] = "\n\n".join(block["text"] for block in blocks)
    return messages


def message_blocks(prompt: Prompt) -> list[dict[str, Any]]:
    """Returns the same messages, each with its content in blocks, one for the instruction and each part.

    Without a role for the system the instruction goes before the user's first words.
    """
    messages: list[dict[str, Any]] = []
    for turn in prompt.request.turns:
        blocks = [_block(part, prompt.fence) for part in content_parts(turn)]
        messages.append({"role": _ROLES[turn.role], "content": blocks})
    if words := prompt.fence.system_instruction(prompt.request.system_instruction):
        instruction = {"type": "text", "text": words}
        if prompt.entry.has_system_role:
            messages.insert(0, {"role": "system", "content": [instruction]})
        else:
            messages[0]["content"].insert(0, instruction)
    return messages


def response_format(schema: AnswerSchema) -> dict[str, Any]:
    """Returns the argument that asks for JSON of a schema, strictly where the schema allows that.

    `strict` demands that every object requires all its properties and allows no others.
    """
    return {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": schema.anonymous, "strict": schema.is_closed},
    }


def _block(part: content_pb2.Part, fence: TaggedFence) -> dict[str, Any]:
    match part.WhichOneof("kind"):
        case "document":
            return {"type": "text", "text": fence.enclose(part.document)}
        case "image":
            data = base64.b64encode(part.image.data).decode()
            return {"type": "image_url", "image_url": {"url": f"data:{part.image.media_type};base64,{data}"}}
        case _:
            return {"type": "text", "text": part.text}


def form_arguments(prompt: Prompt) -> dict[str, Any]:
    """Returns the arguments for sampling and for the form of the answer, as far as the model takes them."""
    sampling = prompt.request.sampling
    arguments: dict[str, Any] = {}
    if prompt.entry.can(model_pb2.CAPABILITY_SAMPLING):
        for name in ("temperature", "top_p"):
            if sampling.HasField(name):
                arguments[name] = getattr(sampling, name)
    if prompt.entry.can(model_pb2.CAPABILITY_SEED) and sampling.HasField("seed"):
        arguments["seed"] = sampling.seed
    if prompt.schema is not None:
        arguments["response_format"] = response_format(prompt.schema)
    return arguments
