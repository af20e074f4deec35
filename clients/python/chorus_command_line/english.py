"""Holds the words of the command line in English."""

from chorus_command_line.words import Words
from chorus_documents.document import Remark
from chorus_wording import english

ENGLISH = Words(
    feedback=english.ENGLISH,
    characters="{count} characters",
    asked="Asked",
    waiting="reading",
    points_so_far="points so far: {count}",
    points="points: {count}",
    left_out="left out, not borne out by the text: {count}",
    stands_in_for="stands in for {model}",
    seconds="{seconds} s",
    file_remarks={each: each.value for each in Remark},
    place="line {line}, character {column}",
    cost="Cost",
    free="free",
    measured="{cost} (measured)",
    estimated="{cost} (estimated)",
    at_least="at least {cost} (unknown: a call was cut off and may still be billed)",
    unknown_cost="unknown",
    tokens="{input} tokens in, {output} out",
    shows_messages=True,
    lacking={
        "LANGUAGE": "reads Korean and English only",
        "JSON_SCHEMA": "does not answer in a given form",
        "IMAGE_INPUT": "reads no pictures",
        "IMAGE_OUTPUT": "draws no pictures",
    },
    set_this="set {setting}",
    set_gemma="set {setting} to a folder or a repository name of a Gemma model",
    set_another="the key in {setting} is refused; set another",
    ask_instead="ask {model} instead",
    retry_after="try again in {seconds}",
    more_time="--timeout gives more",
    needs_of="needs {needed}, the limit is {limit}",
    say_who="CHORUS_TOKEN says who calls, or tls.crt with tls.key in CHORUS_TLS_DIR.",
    see_models="`chorus models` lists the models: which are ready, and what the others need.",
    is_it_running=(
        "Does Chorus run at {server}? `make up` starts it, and says where the orchestrator is; "
        "the page has another address."
    ),
    no_orchestrator="{server} is no orchestrator of Chorus. Is that the port of a model server?",
    untrusted_server=(
        "The certificate of {server} is not believed ({why}): ca.crt in CHORUS_TLS_DIR has to hold the "
        "authority that signed it, and it has to name the host, or CHORUS_TLS_SERVER_NAME."
    ),
    retired="retired on {date}",
    use_instead="use {model}",
    synthetic="SYNTHETIC: written by {model}, not by a student",
    absent_heading="Models that could not take part, and what to set",
    loading="loading; try again in a moment",
    unreachable="the server did not answer",
)
