"""Text in, values with positions out; problems; files written whole or not at all."""

from infra.lake.documents.document import Document, Layers, Written
from infra.lake.documents.files import remove_file, write_text, write_texts
from infra.lake.documents.json_document import read_json, scan_json
from infra.lake.documents.json_edit import with_json_value, with_key, without_json_key, without_key
from infra.lake.documents.json_text import render_json
from infra.lake.documents.location import KeyPath, Location, render_path
from infra.lake.documents.parse import Strict, parse, refuse, why_refused
from infra.lake.documents.problem import Problem, ProblemsError, Related, Report, plural, some
from infra.lake.documents.rule_id import RULE_IDS, RuleId
from infra.lake.documents.suggestions import did_you_mean, near_matches, no_such, not_found, question
from infra.lake.documents.yaml_change import (
    with_yaml_changes,
    with_yaml_key_named,
    with_yaml_value,
    without_yaml_key,
)
from infra.lake.documents.yaml_document import read_yaml
from infra.lake.documents.yaml_edit import with_yaml_key

__all__ = [
    "RULE_IDS",
    "Document",
    "KeyPath",
    "Layers",
    "Location",
    "Problem",
    "ProblemsError",
    "Related",
    "Report",
    "RuleId",
    "Strict",
    "Written",
    "did_you_mean",
    "near_matches",
    "no_such",
    "not_found",
    "parse",
    "plural",
    "question",
    "read_json",
    "read_yaml",
    "refuse",
    "remove_file",
    "render_json",
    "render_path",
    "scan_json",
    "some",
    "why_refused",
    "with_json_value",
    "with_key",
    "with_yaml_changes",
    "with_yaml_key",
    "with_yaml_key_named",
    "with_yaml_value",
    "without_json_key",
    "without_key",
    "without_yaml_key",
    "write_text",
    "write_texts",
]
