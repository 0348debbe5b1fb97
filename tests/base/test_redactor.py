"""The one redactor: in whatever form a value comes back, it is not shown."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from time import perf_counter, process_time
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.base.environment import environment_values
from infra.base.json_value import leaves, texts_in
from infra.base.redactor import Redactor

SECRET = 'mär "k\\er/+ one'


def in_json(text: str, *, own: bool = False) -> str:
    """What is inside a JSON text, inside of another one."""
    return json.dumps(text[1:-1], ensure_ascii=not own)


FORMS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in an address": quote,
    "in an address, with the slash": lambda text: quote(text, safe=""),
    "in a form": quote_plus,
    "in small letters": lambda text: quote(text).lower(),
    "in HTML": html.escape,
    "in JSON": json.dumps,
    "in JSON with its own letters": lambda text: json.dumps(text, ensure_ascii=False),
    "in JSON in JSON": lambda text: in_json(json.dumps(text)),
    "in JSON in JSON with its own letters": lambda text: in_json(json.dumps(text, ensure_ascii=False)),
    "in JSON in JSON with its own letters in both": lambda text: in_json(
        json.dumps(text, ensure_ascii=False), own=True
    ),
    "broken at a space": lambda text: text.replace(" ", "\n      "),
    "broken at a space, in JSON": lambda text: json.dumps(text.replace(" ", "\n")),
    "broken at a space, in JSON in JSON": lambda text: in_json(json.dumps(text.replace(" ", "\r\n"))),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_value_is_hidden(form: str) -> None:
    assert Redactor([SECRET]).hide(f"saw <{FORMS[form](SECRET).strip(chr(34))}>") == "saw <***>"


@pytest.mark.parametrize("around", [("", ""), ("u:", ""), ("me:", ""), ("user:", "!"), ("", ":password"), ("ü", "?>")])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_header_of_basic_authentication_does_not_show_it(
    around: tuple[str, str], encode: Callable[[bytes], bytes]
) -> None:
    header = encode(f"{around[0]}s3cret>>??-value{around[1]}".encode()).decode()
    shown = Redactor(["s3cret>>??-value"]).hide(f"sent {header}.")
    assert "***" in shown
    # Left are the letters that it shares with what is around it.
    assert len(shown) <= len("sent ***.") + len(base64.b64encode("".join(around).encode())) + 8
    assert "***" in Redactor(["s3cret>>??-value"]).hide(f"sent {quote(header, safe='')}.")


@pytest.mark.parametrize("before", ["", "u", "u:", "ab:"])
@pytest.mark.parametrize("value", ["hunter2secret", "hunter2secret1", "hunter2secret12", "s3cret>>??-value"])
@pytest.mark.parametrize("form", [str, lambda text: quote(text, safe="")], ids=["as it is", "in an address"])
def test_no_letter_of_the_base64_around_a_value_is_left(before: str, value: str, form: Callable[[str], str]) -> None:
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        header = form(encode(f"{before}{value}".encode()).decode())
        assert Redactor([value]).hide(f"Basic {header} failed") == "Basic *** failed"
        assert Redactor([value]).hide(f'{{"sent": "{header}"}}') == '{"sent": "***"}'


def test_a_text_inside_a_secret_that_is_json_is_hidden_too() -> None:
    redactor = Redactor([json.dumps({"type": "x", "key": "a-private-key\nin-two-lines", "inner": ["also-hidden"]})])
    assert redactor.one_line("saw a-private-key in-two-lines and also-hidden, not x") == "saw *** and ***, not x"
    assert redactor.one_line("in-two-lines alone") == "*** alone"


def test_a_secret_with_other_space_in_it_is_hidden_too() -> None:
    assert Redactor(["two  words"]).one_line("saw two\n\twords") == "saw ***"


def test_a_short_secret_is_hidden_where_it_stands_by_itself() -> None:
    assert Redactor(["on"]).one_line("turn on the connection: on.") == "turn *** the connection: ***."


def test_what_is_cut_was_redacted_before() -> None:
    assert Redactor(["abcdefgh"]).one_line("1234567 abcdefgh", 10) == "1234567 ** ..."


def test_a_user_and_password_in_an_address_are_hidden() -> None:
    assert Redactor().one_line("see https://me:pw@example.com/x") == "see https://***@example.com/x"


def test_a_secret_of_several_lines_does_not_leave_its_last_one() -> None:
    assert Redactor(["first\nlast"]).last_line("a line\nsaw first\nlast\n\n") == "saw ***"
    assert Redactor().last_line(" \n\n") == ""


def test_a_token_that_was_given_out_is_hidden_from_then_on() -> None:
    redactor = Redactor()
    redactor.add("given-out")
    assert redactor.hide("Bearer given-out") == "Bearer ***"
    assert redactor.longest >= len("given-out")


BROKEN = [
    ("saw hunter2sec\nretvalue there", "saw *** there"),
    ("saw hunter2secretval\r\n\t  ue there", "saw *** there"),
    ("saw hu  \nnter2sec\n\nretvalue", "saw ***"),
    ("in JSON: hunter2sec\\nretvalue", "in JSON: ***"),
    ("saw hunter2sec", "saw ***"),
    ("retvalue, and again", "***, and again"),
    ("one\n  retvalue\ntwo", "one\n  ***\ntwo"),
    ("aHVudGVyMnNl\nY3JldHZhbHVl", "***"),
]


@pytest.mark.parametrize(("text", "shown"), BROKEN)
def test_neither_half_of_a_value_that_is_broken_is_shown(text: str, shown: str) -> None:
    assert Redactor(["hunter2secretvalue"]).hide(text) == shown


@pytest.mark.parametrize("text", ["a long value of\nmine", "retvalues of it", "a hunter2sec of others", "hunter"])
def test_what_only_looks_like_a_half_stays(text: str) -> None:
    assert Redactor(["hunter2secretvalue-of-mine"]).hide(text) == text


ECHOED = [
    ("Bearer x was refused", "Bearer *** was refused"),
    ("sent bearer abc.d", "sent bearer ***"),
    ("Authorization: ApiKey ab", "Authorization: ***"),
    ('secret_access_key = "ab/c+d"', 'secret_access_key = "***"'),
    ('~ api_key = "old" -> "new"', '~ api_key = "***" -> "***"'),
    ("password: hunter2", "password: ***"),
    ("  password: hunter\n  host: h", "  password: ***\n  host: h"),
    ("{'client_secret': 'a b', 'id': 'x'}", "{'client_secret': '***', 'id': 'x'}"),
    ("error: exec plugin: password: x1", "error: exec plugin: password: ***"),
    ("password => hunter2", "password => ***"),
    ("AccountKey=abc;Name=x", "AccountKey=***;Name=x"),
    ("password: correct horse battery staple", "password: ***"),
    ("  password: c0rrect horse\n  host: my host", "  password: ***\n  host: my host"),
    ("│   5:   db_password: my dog Rex", "│   5:   db_password: ***"),
    ("- passphrase: two words\r\n- host: h", "- passphrase: ***\n- host: h"),
    ("client_secret = two words", "client_secret = ***"),
    ("password=two words host=db port=1", "password=*** host=db port=1"),
    ("export PASSWORD=two words", "export PASSWORD=***"),
    ("{host: h, password: two words, port: 1}", "{host: h, password: ***, port: 1}"),
    ("password:\n  two words\nhost: h", "password:\n  ***\nhost: h"),
    ("password: |\n  one line\n\n  another\nhost: h", "password: ***\n ***\nhost: h"),
    ("- private_key: >-\n    one line\n    another\n  host: h", "- private_key: >-\n   ***\n  host: h"),
    ("the key AKIAABCDEFGHIJKLMNOP is old", "the key *** is old"),
    ('"password" : ["x1", "y, z"], "host": "h"', '"password" : ["***", "***"], "host": "h"'),
    ("passwords = [\n  'x1',\n]", "passwords = [\n  '***',\n]"),
    ("Set-Cookie: session=abc; Path=/\nHost: h", "Set-Cookie: ***\nHost: h"),
    ("{'cookie': 'a=b; c=d', 'host': 'h'}", "{'cookie': '***', 'host': 'h'}"),
    ('Authorization: Digest username="u", realm="r", response="0f1e"', "Authorization: ***"),
    ('{"authorization": "Digest username=\\"u\\", response=\\"0f\\"", "a": "b"}', '{"authorization": "***", "a": "b"}'),
    ('sent Digest nc=01, response="0f1e"; refused', "sent Digest ***; refused"),
    ("mysql --user me --password hunter2 -h db", "mysql --user me --password *** -h db"),
    ("run --api-key 'a b' now", "run --api-key '***' now"),
    ("<auth><user>u</user><Password>x y</Password></auth>", "<auth><user>u</user><Password>***</Password></auth>"),
    ('<wsse:Password Type="t">x1</wsse:Password>', '<wsse:Password Type="t">***</wsse:Password>'),
    ("GET /?next=%2Fa%3Fuser%3Du%26password%3Dx1%26b%3Dc", "GET /?next=%2Fa%3Fuser%3Du%26password%3D***%26b%3Dc"),
    ("q=%7B%22password%22%3A%22x1%22%7D", "q=%7B%22password%22%3A%22***%22%7D"),
    ("a%253Db%2526token%253Dx1%2526c", "a%253Db%2526token%253D***%2526c"),
    ("password：x1, host", "password：***, host"),
    ("login failed for password: hunter2: bad", "login failed for password: *** bad"),
    ("password: the quick brown fox", "password: ***"),
    ("password: 450 main street", "password: ***"),
    ("password: a b c", "password: ***"),
    ("password: read my lips", "password: ***"),
    ("sent bearer ABCDEFGH", "sent bearer ***"),
    ("token=401 Unauthorized", "token=*** Unauthorized"),
    ('x(password=u"hunter2", b)', 'x(password=u"***", b)'),
    ("token=b'hunter2'", "token=b'***'"),
    ('{:password=>"hunter2"}', '{:password=>"***"}'),
    ('password=SecretStr("hunter2")', 'password=SecretStr("***")'),
    (r"log: password=\"hunter2\" host", r"log: password=\"***\" host"),
    ("password: !vault hunter2", "password: !vault ***"),
    ("password: 'it''s hunter2'", "password: '***'"),
    ("Server=x;Pwd=hunter2 xyzzy;Port=1", "Server=x;Pwd=***;Port=1"),
    ("password:\n- hunter2\nhost: h", "password:\n- ***\nhost: h"),
    ('{"name": "DB_PASSWORD", "value": "hunter2"}', '{"name": "DB_PASSWORD", "value": "***"}'),
    ("- name: DB_PASSWORD\n  value: hunter2", "- name: DB_PASSWORD\n  value: ***"),
    ('<add key="Password" value="hunter2"/>', '<add key="Password" value="***"/>'),
    ("run(['x', '--password', 'hunter2'])", "run(['x', '--password', '***'])"),
    ("config['password'] = 'hunter2'", "config['password'] = '***'"),
    ("//npm.example.com/:_authToken=hunter2", "//npm.example.com/:_authToken=***"),
    ("API key: hunter2", "API key: ***"),
    ("Client Secret = 'hunter2'", "Client Secret = '***'"),
    ("Secret access key: hunter2", "Secret access key: ***"),
    ("Incorrect API key provided: sk-proj-hunter2hunter2hunter2.", "Incorrect API key provided: ***."),
    ("password = <<EOT\nhunter2\nEOT\nhost", "password = <<EOT\n***\nEOT\nhost"),
    ("curl -u admin:hunter2 https://x", "curl -u admin:*** https://x"),
    ("<password><![CDATA[hunter2]]></password>", "<password><![CDATA[***]]></password>"),
    ("CREATE USER x PASSWORD 'hunter2'", "CREATE USER x PASSWORD '***'"),
    ("パスワード password ＝ x1", "パスワード password ＝ ***"),
]


@pytest.mark.parametrize(("text", "shown"), ECHOED)
def test_what_has_the_form_of_a_credential_is_hidden_without_knowing_it(text: str, shown: str) -> None:
    assert Redactor().hide(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "the Bearer token is missing",
        "basic authentication failed",
        "password: must not be empty",
        "token: expired",
        'Secret: airbyte-values not found, secret "airbyte-values" is forbidden',
        "set api_key = ${API_KEY}",
        "page_token: 17",
        "$.credentials.password: is missing but it is required",
        'password: authentication failed for user "x"',
        "token: must be 32 characters",
        "secret: my-secret not found",
        "--password is required",
        "use --token or --api-key to log in",
        "pass --token-file with the path -k",
        "<password>***</password>",
        "no cookie: the login has expired",
        "Digest authentication failed",
        "digest: sha256:0a1b",
        "airbyte_source.my_token: Refreshing state... [id=abc]",
        "airbyte_source.api_key: Creation complete after 2s",
        "The basic connector needs it. Use basic configuration instead.",
        "basic HTTP/2 is fine",
        "password: string found, integer expected",
        "token: unexpected end of JSON input",
        "password: too short",
        "api_key: this field is required",
        "token: signature has expired",
        "could not get token: oauth2: cannot fetch token: 401 Unauthorized",
        "unknown flag: --token in command",
        "option --token requires a value",
        "Authorization: not permitted for user admin",
        "client_secret = var.shopify_secret",
        '{"errors": {"client_secret": ["is invalid"]}}',
        "Unexpected token: RESERVED",
        "curl -u admin https://x",
        '{"name": "users", "value": "x"}',
    ],
)
def test_what_is_said_of_a_credential_stays(text: str) -> None:
    assert Redactor().hide(text) == text


@pytest.mark.parametrize(
    "piece",
    [
        " ",
        "\n",
        "\\",
        '\\\\"a',
        "\\" * 20,
        "a\n",
        "a:  ",
        'password: "',
        "bearer ",
        "password: a b\n",
        "password: |\n ",
        "{password: a ",
        "  -  - ",
        '\\"token\\":\\"',
        'token=["',
        'token=["",',
        "token%3D",
        "--token ",
        "--token '",
        "<token>",
        "<token ",
        "digest a=",
        "digest ",
        "password=u",
        "password: !",
        "password:\n- ",
        'name: password value: "',
        "api key: ",
        "password <<EOT\n",
        "password = <<EOT\n",
        "-u a:",
        "-u ",
        "<token><![CDATA[",
        "pwd=a b",
        ";pwd=a b",
        "cookie:",
        "token=",
    ],
)
def test_no_text_takes_long(piece: str) -> None:
    redactor, start = Redactor(["hunter2secretvalue"]), process_time()
    redactor.hide(piece * 10_000)
    assert process_time() - start < 5


@given(st.text(min_size=4, max_size=30).filter(lambda text: len(text.strip()) >= 4), st.text(max_size=30))
def test_no_form_of_a_secret_survives(secret: str, around: str) -> None:
    forms = [secret, quote(secret), quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]]
    text = around.join(["", *forms, html.escape(secret), json.dumps(secret, ensure_ascii=False)[1:-1], ""])
    assert secret not in Redactor([secret]).hide(text).replace("***", "\x00") or secret in around


def test_many_keys_and_a_long_text_take_no_time() -> None:
    """A message of tofu-controller, and as many private keys as a large stack has."""
    keys = ["\n".join(base64.b64encode(bytes([one, line] * 24)).decode() for line in range(26)) for one in range(10)]
    redactor, text = Redactor(keys), "Error: the source says no to all of that\n" * 500
    redactor.hide("")
    start = perf_counter()
    assert redactor.hide(text) == text
    assert perf_counter() - start < 5


def test_every_text_of_a_value_is_found_with_its_path() -> None:
    value = {"a": ["x", {"b": "y"}], "c": 1, "d": None, "e": {}, "f": []}
    assert list(leaves(value)) == [(("a", 0), "x"), (("a", 1, "b"), "y"), (("c",), 1), (("d",), None)]
    assert list(texts_in(value)) == ["x", "y"]


def test_the_environment_has_values_of_variables_only() -> None:
    environ = {"TF_VAR_a": "secret-a", "TF_VAR_b": "", "HOME": "/home/me", "A_TF_VAR_c": "other-c"}
    assert environment_values(environ) == {"a": "secret-a"}
    assert Redactor.of_environment(environ).hide("secret-a /home/me other-c") == "*** /home/me other-c"
