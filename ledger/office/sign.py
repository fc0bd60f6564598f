"""Show what a challenge asks for, in words and figures, and sign it: alone on a machine that has no ledger.

This file needs Python and the package `cryptography`, and nothing else of this program: copy it to where the key lies
and give `python sign.py CHALLENGE --key FILE`. It believes nothing that it cannot work out from the bytes: it signs
exactly those that it shows, works out the hash of the record that an approval is about and the root over what an act
covers, and opens commitments. All
texts are in Chinese and English, because it cannot ask anybody which one is wanted.
"""

import argparse
import json
import os
import re
import sys
import unicodedata
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PREFIX = b'{"$schema":"subsidy/'
CHALLENGE, SIGNATURE = "subsidy/challenge/1", "subsidy/signature/1"
# Every act that is signed: the fields it may have besides those of every act. What has others is not signed.
_EVERY = {"$schema", "act", "actor", "for", "head", "origin", "post", "valid_until"}
ACTS = {
    "subsidy/act/1": {"count", "root"},
    "subsidy/approval/2": {"about", "about_leaf", "opinion", "step", "text"},
    "subsidy/person/2": {
        "document", "duties", "from", "key", "name", "posts", "public", "recovery", "to",
    },
}  # fmt: skip
# What they say of themselves who found a ledger and open it.
FOUNDING = ("init.found", "init.open")
# What --new-key is for.
NEW_KEY = (
    "新建私钥于 --key 所指的文件；写 工号@账本，账本名称由 subsidy people list 显示",
    "make a private key in the file --key; write the staff number, @ and the name of the ledger, which subsidy people "
    "list shows",
)
# What says that it is to be signed, in either language.
YES = ("yes", "是")
# Of so many records of one kind that an act covers all is shown; of more, how many there are.
SHOWN = 50
# Signs that nobody sees: categories, and letters that show nothing.
HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
BLANK = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0x180B, 0x1810)}
BLANK |= {*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}
# More fen than any budget has, and than the numerals can say.
MOST_FEN = 10**17
# Fields that hold a commitment -> the tag of what is behind it.
SECRET = {"number": "payee.number", "holder": "payee.holder", "name": "person.name"}
# Field -> in Chinese, in English.
WORDS = {
    "$schema": ("记录种类", "kind of record"),
    "about": ("所签记录号", "about record no."),
    "about_leaf": ("所签记录哈希值", "hash of that record"),
    "account": ("账户", "account"),
    "accounts": ("各账户", "accounts"),
    "act": ("事项", "act"),
    "action": ("预算动作", "change of budget"),
    "actor": ("经手人工号", "staff number"),
    "amount_fen": ("金额", "amount"),
    "calculators": ("计算程序", "calculators"),
    "channel": ("支付渠道", "channel"),
    "count": ("笔数", "number of payments"),
    "credit_fen": ("拟补金额", "awards"),
    "debit_fen": ("核减金额", "reductions"),
    "document": ("文号", "document"),
    "entries": ("分录数", "entries"),
    "for": ("代替", "standing in for"),
    "from": ("起始日", "first day"),
    "head": ("签署人所见账本", "the ledger as you saw it"),
    "held": ("暂缓", "held"),
    "holder": ("户名", "holder"),
    "institution": ("机构代码", "institution"),
    "key": ("编号", "key"),
    "leaf": ("哈希值", "hash"),
    "line": ("补贴项", "award line"),
    "lines": ("项数", "lines"),
    "month": ("月份", "month"),
    "name": ("姓名", "name"),
    "notice": ("办法", "notice"),
    "notices": ("办法", "notices"),
    "number": ("账号或钱包编号", "number of account or wallet"),
    "on": ("日期", "day"),
    "opinion": ("意见", "opinion"),
    "origin": ("账本", "ledger"),
    "path": ("预算路径", "budget path"),
    "payer": ("付款账户", "payer"),
    "post": ("岗位", "as which post"),
    "posts": ("任职岗位", "posts given"),
    "public": ("日常公钥", "daily public key"),
    "reason": ("理由", "reason"),
    "recorded_at": ("记录时间", "recorded at"),
    "recovery": ("备用公钥", "sealed public key"),
    "refused": ("不予补贴", "refused"),
    "root": ("树根", "root"),
    "run": ("核算种类", "kind of run"),
    "seq": ("记录号", "record no."),
    "signature": ("签名", "signature"),
    "size": ("记录数", "records"),
    "state": ("状态", "state"),
    "step": ("签批步骤", "step"),
    "steps": ("签批岗位", "posts that sign"),
    "text": ("备注", "remark"),
    "to": ("截止日或对方", "last day, or to"),
    "total_fen": ("合计金额", "total"),
    "totals": ("控制总数", "control totals"),
    "type": ("决定种类", "type of decision"),
    "uscc": ("统一社会信用代码", "credit code of the firm"),
    "valid_until": ("签名有效至", "the signature counts until"),
    "wallet_type": ("钱包类型", "type of wallet"),
}
# Act, in the words of the duties -> in Chinese, in English.
ACT_NAMES = {
    "init.found": ("建立账本", "founding of the ledger"),
    "init.open": ("启用账本", "opening of the ledger"),
    "people.enrol": ("登记人员、岗位和公钥", "entry of a person with post and key"),
    "people.post": ("登记岗位或任期", "post or term of office"),
    "people.end": ("结束任职", "end of a term of office"),
    "people.resign": ("本人辞任", "resignation"),
    "people.key.renew": ("更换本人密钥", "renewal of one's key"),
    "people.key.replace": ("代为更换密钥", "replacement of a person's key"),
    "people.substitute": ("指定代理人", "naming of a substitute"),
    "duties.change": ("变更职责设置", "change of the duties"),
    "notice.add": ("登记通知", "registration of a notice"),
    "benchmark.add": ("登记基准利率", "entry of benchmark rates"),
    "import.map": ("登记文件格式对照", "mapping of files"),
    "standing.decide": ("长期决定", "standing decision"),
    "standing.end": ("终止长期决定", "end of a standing decision"),
    "operator.register": ("登记钱包运营机构", "registration of a wallet operator"),
    "ledger.upgrade": ("账本升级", "upgrade of the ledger"),
    "budget.issue": ("下达预算", "issue of budget"),
    "budget.adjust": ("调整预算", "adjustment of budget"),
    "budget.freeze": ("冻结预算", "freezing of budget"),
    "import.facts": ("导入台账", "import of a register"),
    "import.withdraw": ("撤回导入", "withdrawal of an import"),
    "payee.first": ("登记收款人", "first registration of a payee"),
    "firm.end": ("企业终止与承继", "end of a firm and who takes its place"),
    "payee.change": ("变更收款人", "change of a payee"),
    "payer.set": ("登记付款账户", "registration of an account to pay from"),
    "grant.set": ("登记批复", "registration of grants"),
    "opening.set": ("期初已付", "opening position"),
    "decide": ("决定", "decision"),
    "evidence.attach": ("挂接证明材料", "attachment of evidence"),
    "run": ("核算", "run"),
    "run.reject": ("否决核算", "rejection of a run"),
    "run.withdraw": ("撤回核算", "withdrawal of a run"),
    "public-notice.start": ("开始公示", "start of public notice"),
    "public-notice.past": ("补录公示", "public notice of days past"),
    "public-notice.end": ("终止公示", "end of public notice"),
    "public-notice.object": ("登记异议", "entry of an objection"),
    "public-notice.settle": ("处理异议", "settlement of an objection"),
    "pay": ("支付批次", "payment batch"),
    "pay.cancel": ("取消支付", "cancellation of a payment"),
    "pay.export": ("交付支付指令", "handing over of a payment order"),
    "pay.write-off": ("核销应退款", "write-off of a debt"),
    "pay.recall": ("收回未送出的批次", "recall of a batch that never left"),
    "pay.result": ("登记支付回执", "answer to a payment"),
    "pay.resolve": ("认定支付结果", "decision on the outcome of a payment"),
    "pay.reopen": ("退回款重新列支", "reopening of what came back"),
    "pay.incoming": ("登记收回或拨入的款项", "money that came in"),
    "pay.correct": ("更正支付科目", "correction of a payment's codes"),
    "payee.reveal": ("查看收款人明文", "look at a payee's clear text"),
    "stop": ("停付", "stop of payments"),
    "lift.own": ("本人解除停付", "lifting of one's own stop"),
    "lift": ("解除停付", "lifting of a stop"),
    "clawback": ("追回", "claw-back"),
    "clawback.refuse": ("不同意追回", "refusal of a claw-back"),
    "reconcile.import": ("导入对账单", "import of a statement"),
    "reconcile.confirm": ("认定对账单明细", "decision on statement lines"),
    "reconcile.overrule": ("越过规则认定对账单明细", "decision on statement lines against the rules"),
    "reconcile.withdraw": ("撤回对账单", "withdrawal of a statement"),
    "reconcile.sign-off": ("月度签核", "sign-off of a month"),
    "reconcile.reopen": ("重开月份", "reopening of a month"),
    "year.close": ("年终结转", "end of a year"),
    "audit.cut": ("截断并重建账本", "cut of a damaged ledger"),
    "audit.restore": ("从备份恢复账本", "ledger put back from a backup"),
    "clock": ("时钟更正", "correction of the clock"),
}
_DIGITS, _PLACES, _GROUPS = "零壹贰叁肆伍陆柒捌玖", ("", "拾", "佰", "仟"), ("", "万", "亿", "万亿")
_ONES = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
_TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SCALES = ("", " thousand", " million", " billion", " trillion")


class Unsignable(Exception):
    """Why a challenge is not signed: a code, in Chinese, in English."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en} [{code}]")
        self.code = code


class Key(NamedTuple):
    """A private key and the name in its file: `<staff no>@<ledger>`."""

    name: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> str:
        """The public half in hex."""
        return self.private.public_key().public_bytes_raw().hex()


class Challenge(NamedTuple):
    """What is to be signed: its exact bytes, what they say, earlier records by leaf hash, values by commitment.

    `covered` are the texts that the act has a root over, or the act that it is about.
    """

    message: bytes
    said: dict[str, Any]
    records: dict[str, dict[str, Any]]
    opened: dict[str, str]
    covered: tuple[bytes, ...]


def canonical(value: Mapping[str, Any]) -> bytes:
    """The canonical bytes of an object, as the log has them (RFC 8785, without floats and null)."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def leaf_hash(record: bytes) -> str:
    """The leaf hash of a record's bytes, in hex."""
    return sha256(b"\x00" + record).hexdigest()


def root(leaves: list[bytes]) -> bytes:
    """The root of the tree of RFC 6962 over leaf hashes."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else sha256(b"").digest()
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + root(leaves[:left]) + root(leaves[left:])).digest()


def commitment(tag: str, salt: str, value: str) -> str:
    """What stands in a record for a value that no record holds; the salt in hex."""
    body = {"$schema": "subsidy/commitment/1", "salt": salt, "tag": tag, "value": value}
    return sha256(canonical(body)).hexdigest()


def read_challenge(content: bytes) -> Challenge:
    """A challenge from the bytes of its file; raises `Unsignable` for what no key may sign."""
    try:
        body = json.loads(content)
        texts = [body["message"], *body["records"]]
        covered = tuple(text.encode() for text in body["covered"])
        openings = [(one["tag"], one["salt"], one["value"]) for one in body["openings"]]
        if body["$schema"] != CHALLENGE or not all(type(text) is str for text in texts):
            raise KeyError("$schema")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unsignable("challenge_malformed", "这不是待签文件", "this is no challenge") from error
    message = texts[0].encode()
    if not message.startswith(PREFIX):
        raise Unsignable("not_of_a_ledger", "待签内容不属于补贴账本", "what is to be signed is of no subsidy ledger")
    said = _read(message)
    allowed = ACTS.get(said["$schema"])
    if allowed is None:
        raise Unsignable("act_unknown", "本程序不认识这种事项", "this program knows no such act")
    unknown = sorted(said.keys() - allowed - _EVERY)
    if unknown:
        raise Unsignable("field_unknown", f"有不认识的字段 {unknown[0]}", f"it has an unknown field {unknown[0]}")
    records = {leaf_hash(text.encode()): _read(text.encode()) for text in texts[1:]}
    opened = {commitment(*opening): str(opening[2]) for opening in openings}
    challenge = Challenge(message, said, records, opened, covered)
    _check(challenge)
    return challenge


def _read(text: bytes) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except ValueError as error:
        raise Unsignable("not_canonical", "内容不是规范格式", "the bytes are not canonical") from error
    if type(said) is not dict or type(said.get("$schema")) is not str or canonical(said) != text:
        raise Unsignable("not_canonical", "内容不是规范格式", "the bytes are not canonical")
    return said


def _check(challenge: Challenge) -> None:
    """Whether everything that the act names came with it: the records it is about, and what is committed to."""
    said = challenge.said
    leaf = said.get("about_leaf", "")
    if leaf and leaf not in challenge.records:
        raise Unsignable(
            "record_missing",
            f"没有附上哈希值为 {leaf[:16]} 的记录，或附上的不是它",
            f"the record whose hash is {leaf[:16]} did not come with it, or another one did",
        )
    about = challenge.records.get(leaf, {})
    act = next((body for body in (said, about) if body.get("$schema") == "subsidy/act/1"), {"count": 0})
    if said["act"] in FOUNDING:
        # Who opens a ledger signs all that stands in it.
        act = {"count": said["head"]["size"], "root": said["head"]["root"]}
    found = root([sha256(b"\x00" + text).digest() for text in challenge.covered]).hex()
    if len(challenge.covered) != act["count"] or (act["count"] and found != act["root"]):
        raise Unsignable(
            "covered_differ",
            "附上的记录不是该事项所涵盖的记录",
            "the records that came with it are not those that the act covers",
        )
    for body in (said, about, *map(_read, challenge.covered)):
        for field in SECRET:
            if _secret(body, field) and body[field] not in challenge.opened:
                zh, en = WORDS[field]
                raise Unsignable("not_opened", f"{zh}没有开示，或与承诺不符", f"the {en} is not opened, or is another")


def _secret(body: Mapping[str, Any], field: str) -> bool:
    """Whether a field holds a commitment: these are SHA-256 in hex, and the fields of other records are not."""
    return re.fullmatch("[0-9a-f]{64}", str(body.get(field, ""))) is not None


def lines(challenge: Challenge) -> Iterator[str]:
    """What is signed, line by line: every field of the act, and of every record that it names.

    No text in it can look like a line of its own, or hide one: whoever sends a challenge chooses its texts.
    """
    return map(plain, _lines(challenge))


def plain(text: str) -> str:
    """A text with each sign that nobody sees as its number, and every line behind its first one marked."""
    seen = "".join(f"<U+{ord(sign):04X}>" if sign != "\n" and _hidden(sign) else sign for sign in text)
    return seen.replace("\n", "\n      | ")


def _hidden(sign: str) -> bool:
    return unicodedata.category(sign) in HIDDEN or ord(sign) in BLANK


def _lines(challenge: Challenge) -> Iterator[str]:
    yield "您将签署 / You are about to sign:"
    yield from _fields(challenge, challenge.said, "  ")
    leaf = challenge.said.get("about_leaf")
    if leaf:
        yield "所签的记录 / The record that it is about:"
        yield from _fields(challenge, challenge.records[leaf], "  ")
    kinds: dict[str, list[dict[str, Any]]] = {}
    for body in map(_read, challenge.covered):
        kinds.setdefault(body["$schema"], []).append(body)
    for schema, bodies in kinds.items():
        yield f"涵盖的记录 / Records covered, {schema}: {len(bodies)}"
        for number, body in enumerate(bodies[:SHOWN], 1):
            yield f"  [{number}]"
            yield from _fields(challenge, body, "    ")
        if len(bodies) > SHOWN:
            yield f"  其余 / And more: {len(bodies) - SHOWN}"
    yield f"待签字节 / Bytes: {len(challenge.message)}, SHA-256 {sha256(challenge.message).hexdigest()}"


def _fields(challenge: Challenge, body: Mapping[str, Any], indent: str) -> Iterator[str]:
    for name, value in body.items():
        zh, en = WORDS.get(name, (name, name))
        label = f"{indent}{zh} / {en}: " if zh != en else f"{indent}{name}: "
        if isinstance(value, dict):
            yield label.rstrip()
            yield from _fields(challenge, value, f"{indent}  ")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            yield f"{label}{len(value)}"
            for one in value:
                yield from _fields(challenge, one, f"{indent}  ")
        elif isinstance(value, list):
            yield f"{label}{', '.join(map(str, value)) or '-'}"
        elif name.endswith("_fen") and type(value) is int:
            if abs(value) >= MOST_FEN:
                raise Unsignable("amount_too_large", "金额过大，无法读出", "an amount is too large to be read out")
            yield f"{label}{figures(value)} 元（{in_chinese(value)}） / yuan ({in_english(value)})"
        elif name == "act" and value in ACT_NAMES:
            zh, en = ACT_NAMES[value]
            yield f"{label}{zh} / {en} ({value})"
        elif name in SECRET and isinstance(value, str):
            yield f"{label}{challenge.opened.get(value, '未开示 / not opened')}"
        else:
            yield f"{label}{value}"


def figures(fen: int) -> str:
    """An amount of fen in yuan, with separators: `-1,234.50`."""
    yuan, rest = divmod(abs(fen), 100)
    return f"{'-' * (fen < 0)}{yuan:,}.{rest:02d}"


def in_chinese(fen: int) -> str:
    """An amount of fen in the capital numerals of Chinese accounts: 人民币壹万零伍元整."""
    yuan, rest = divmod(abs(fen), 100)
    jiao, last = divmod(rest, 10)
    said = f"{_capital(yuan)}元" if yuan or not rest else ""
    if jiao:
        said += f"{_DIGITS[jiao]}角"
    elif last and yuan:
        said += "零"
    said += f"{_DIGITS[last]}分" if last else "整"
    return f"人民币{'负' * (fen < 0)}{said}"


def _capital(number: int) -> str:
    groups: list[int] = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    said = ""
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            continue
        # A zero is read once for whatever places stand empty before this group's first figure.
        if said and (group < 1000 or (place + 1 < len(groups) and not groups[place + 1])):
            said += "零"
        said += _capital_group(group) + _GROUPS[place]
    return said or "零"


def _capital_group(group: int) -> str:
    said, empty = "", False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if digit:
            said += "零" * (empty and bool(said)) + _DIGITS[digit] + _PLACES[place]
        empty = not digit
    return said


def in_english(fen: int) -> str:
    """An amount of fen in English words: `ten thousand five yuan and 50 fen`."""
    yuan, rest = divmod(abs(fen), 100)
    parts = []
    for scale in range(len(_SCALES) - 1, -1, -1):
        group = yuan // 1000**scale % 1000
        if group:
            parts.append(_english_group(group) + _SCALES[scale])
    said = " ".join(parts) or "zero"
    return f"{'minus ' * (fen < 0)}{said} yuan{f' and {rest} fen' * bool(rest)}"


def _english_group(group: int) -> str:
    hundreds, rest = divmod(group, 100)
    parts = [f"{_ONES[hundreds]} hundred"] if hundreds else []
    if rest >= 20:
        tens, ones = divmod(rest, 10)
        parts.append(_TENS[tens] + (f"-{_ONES[ones]}" if ones else ""))
    elif rest:
        parts.append(_ONES[rest])
    return " ".join(parts)


def read_key(path: Path) -> Key:
    """The private key in a file that only its owner may read; raises `Unsignable`."""
    try:
        if path.stat().st_mode & 0o077:
            raise Unsignable("key_exposed", f"他人可以读取密钥，请先 chmod 600 {path}", f"chmod 600 {path} first")
        name, number, text = path.read_text("utf-8").strip().removeprefix("PRIVATE+KEY+").split("+", 2)
        raw = b64decode(text, validate=True)
        key = Key(name, Ed25519PrivateKey.from_private_bytes(raw[1:]))
    except (OSError, ValueError, NotBase64) as error:
        raise Unsignable("key_malformed", f"{path} 不是私钥文件", f"{path} is no file of a private key") from error
    if raw[:1] != b"\x01" or number != _id(key):
        raise Unsignable("key_malformed", f"{path} 不是私钥文件", f"{path} is no file of a private key")
    return key


def _id(key: Key) -> str:
    return sha256(key.name.encode() + b"\n\x01" + bytes.fromhex(key.public)).hexdigest()[:8]


def make_key(path: Path, name: str, seed: bytes) -> Key:
    """A new private key in a new file that only its owner may read; `name` is `<staff no>@<ledger>`."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*@[^\s+@]+", name):
        raise Unsignable("name_malformed", "名称应为 工号@账本", "the name is STAFFNO@LEDGER")
    key = Key(name, Ed25519PrivateKey.from_private_bytes(seed))
    secret = b64encode(b"\x01" + seed).decode()
    line = f"PRIVATE+KEY+{name}+{_id(key)}+{secret}\n"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(line)
    except FileExistsError as error:
        raise Unsignable("key_exists", f"{path} 已经存在", f"{path} exists already") from error
    return key


def sign(challenge: Challenge, key: Key) -> dict[str, str]:
    """The signature file: the exact bytes and, under the name of the field it fills, the signature in hex.

    A person's own record is signed three times: by who enrols, and by both keys of the new person as their proof. Which
    it is follows from the key. Raises `Unsignable` for a key that nothing here asks for.
    """
    said = challenge.said
    fields = {said.get("public"): "proof", said.get("recovery"): "proof_recovery"}
    field = fields.get(key.public, "signature")
    if field == "signature" and key.name != f"{said['actor']}@{said['origin']}":
        raise Unsignable(
            "key_of_another",
            f"应由 {said['actor']} 在账本 {said['origin']} 的密钥签署，此密钥属于 {key.name}",
            f"{said['actor']} of {said['origin']} is to sign, and this key is of {key.name}",
        )
    return {
        "$schema": SIGNATURE,
        "message": challenge.message.decode(),
        field: key.private.sign(challenge.message).hex(),
    }


def _wanted() -> bool:
    """Whether whoever sits there wants to sign."""
    try:
        answer = input("要签署请输入 是；不签署请直接回车。 / To sign, type yes; press Enter not to sign: ")
    except EOFError:
        return False
    return answer.strip().lower() in YES


def main(arguments: list[str] | None = None) -> int:
    """The command line: 0 signed, 1 not wanted, 2 not signable."""
    parser = argparse.ArgumentParser(description="签署待签文件 / Show a challenge and sign it.")
    parser.add_argument("challenge", type=Path, nargs="?", help="待签文件 / the challenge")
    parser.add_argument("--key", type=Path, help="私钥文件 / file of your private key")
    parser.add_argument("--out", type=Path, help="签名文件 / where the signature goes")
    parser.add_argument("--new-key", metavar="STAFFNO@LEDGER", help=f"{NEW_KEY[0]} / {NEW_KEY[1]}")
    given = parser.parse_args(arguments)
    try:
        if given.key is None or (given.challenge is None) == (given.new_key is None):
            parser.error("CHALLENGE --key FILE, 或 / or --new-key STAFFNO@LEDGER --key FILE")
        if given.new_key:
            print(f"公钥 / Public key: {make_key(given.key, given.new_key, os.urandom(32)).public}")
            return 0
        challenge = read_challenge(given.challenge.read_bytes())
        key = read_key(given.key)
        signed = sign(challenge, key)
        print("\n".join(lines(challenge)))
        if not _wanted():
            print("未签署，什么也没有写入。 / Not signed; nothing was written.")
            return 1
        out = given.out or given.challenge.with_suffix(".signature")
        out.write_bytes(canonical(signed) + b"\n")
        print(f"签名 / Signature: {out}")
    except (Unsignable, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
