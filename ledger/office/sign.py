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
CHALLENGE, SIGNATURE, SIGN_IN = "subsidy/challenge/1", "subsidy/signature/1", "subsidy/sign-in/1"
# Every act that is signed: the fields it may have besides those of every act. What has others is not signed.
_EVERY = {"$schema", "act", "actor", "for", "head", "origin", "post", "valid_until"}
ACTS = {
    "subsidy/act/1": {"count", "root"},
    "subsidy/approval/3": {"about", "about_leaf", "opinion", "step", "text", "to_come"},
    "subsidy/person/2": {
        "document", "duties", "from", "key", "name", "posts", "public", "recovery", "to",
    },
    SIGN_IN: {"nonce"},
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


def _read_words(text: str) -> dict[str, tuple[str, str]]:
    """`name|Chinese|English; ...` by name."""
    parts = (item.strip().split("|") for item in text.split(";"))
    return {name: (zh, en) for name, zh, en in parts}


# Field -> in Chinese, in English.
WORDS = _read_words("""
$schema|记录种类|kind of record; about|所签记录号|about record no.; about_leaf|所签记录哈希值|hash of that record;
account|账户|account; accounts|各账户|accounts; achieved_on|达成日期|achieved on; act|事项|act;
action|预算动作|change of budget; actor|经手人工号|staff number; added|补入明细|lines added;
added_fen|补入金额|amount added; agreed|另一人已同意|agreed to by another; agreed_fen|约定支持额|agreed support;
allotted_fen|分配额|allotted; amends|修订的版本|version that it amends; amount_fen|金额|amount;
application|申报|application; applied_on|申报日期|applied on; approvals|签批|approvals;
approved_fen|认定额|amount decided on; at|位置|place; attributes|属性|attributes; award|补贴分录|award entry;
award_fen|补贴额|award; awards|补贴分录|award entries; balance_fen|余额|balance;
bank_fen|银行余额|balance at the bank; base_fen|计算基数|base; batch|批次|batch; benchmark|基准利率|benchmark;
book|规则版本|version of the rules; book_fen|账面余额|balance of the book; booked_on|入账日期|booked on;
brought_fen|上月结转|brought forward; by|代理人|substitute; bytes|字节数|bytes; calculator|计算程序|calculator;
calculators|计算程序|calculators; cap_over|超限项|caps exceeded; caps|上限占用|use of caps; cause|事由|cause;
ceiling_fen|批复上限|ceiling; changed|变更|changed; channel|支付渠道|channel; chart|账套|chart of accounts;
check|校验结果|result of the check; checked_through|核对至|checked through; claim_fen|应得额|claim;
claim_no|申报项编号|claim no.; claimed_fen|申报额|amount claimed; claims|占用的补贴额|parts of awards;
class|类别|class; clause|条款|clause; clawback|追回|claw-back; closes_on|结束日|closes on;
closing_fen|期末余额|closing balance; code|代码|code; codes|代码|codes; column|列|column; columns|列|columns;
combined_fen|合并后金额|amount after combining; component|补贴成分|component; condition|释放条件|condition;
conditions|条件|conditions; contract_amount_fen|合同金额|contract amount; contract_no|合同号|contract no.;
controlled|钱包控制状态|control of the wallet; count|数量|how many; cover_year|保险年度|year of cover;
credit_fen|拟补金额|awards; currency|币种|currency; data|内容|what it says; date|日期|date; day|日期|day;
day_count|计息天数规则|day count; days|天数|days; debit_fen|核减金额|reductions; decided_on|认定日期|decided on;
decision|决定|decision; declared|文件申明的数|figures that the file states; detail|说明|detail;
details|明细内容|details; difference|差异|difference; digest|计算摘要|digest;
digest_of|摘要所在分录|entry that holds the digest; digest_root|摘要树根|root over digests; digests|摘要数|digests;
districts|所属区|districts; document|文号|document; done|完成量|done; due|应付日|due day;
due_counted|结息日计息|settlement day counted; due_dates|结息日|due dates;
due_day|结息日（几号）|due day of the month; due_every|结息间隔（月）|months between due days; due_on|期限|due on;
duties|职责设置|set of duties; economic|经济分类|economic classification;
economic_unit|部门经济分类|economic classification of the unit; effective_on|生效日|effective on;
eligible|符合条件|eligible; end_date|到期日|end date; ended_by|终止依据|ended by; entity|企业|firm;
entries|分录数|entries; entries_root|分录树根|root over entries; envelope|资金盘子|envelope;
evidence|证明材料|evidence; exemption|豁免|exemption; exemption_document|豁免文号|document of the exemption;
expires_on|失效日|expires on; explained|已解释的差异|differences explained; fact|事实记录|fact; facts|事实记录|facts;
facts_root|事实树根|root over facts; figures|数据|figures; file|文件|file; finding|检查发现|finding;
first|首条记录号|first record no.; for|代替|standing in for; format|格式|format; found|实有|found;
freeze|冻结状态|freeze; from|起始日|first day; function|功能分类|functional classification;
funding|资金拨付方式|funding; given|给定的值|values given; grant|批复|grant; granted_on|批复日期|granted on;
head|签署人所见账本|the ledger as you saw it; heading|表头|heading; headings|表头对照|headings; held|暂缓|held;
holder|户名|holder; holidays|放假日|days off; import|导入记录号|import record no.;
inputs|匹配依据|what a match rests on; inspected_on|检查日期|inspected on; inspection|检查|inspection;
institution|机构代码|institution; insurer|保险公司|insurer; integrity|完整性|completeness;
interest_bound|利息上限|interest bound; interest_fen|利息|interest; investment_fen|投资额|investment;
item|补贴对象|item; key|编号|key; kind|种类|kind; known_on|获知日期|known on; last_day|末日|last day;
left_fen|剩余额|left; launched_on|发射日期|launched on; leaf|哈希值|hash; lender|贷款机构|lender; level|级次|level;
liability_fen|责任限额|limit of liability; limit_fen|上限|limit; line|补贴项|award line; lines|项数|lines;
listed|逐项所列|items listed; loan|贷款|loan; log_key|账本公钥|public key of the log;
log_size|日志记录数|size of the log; mapping|格式对照|mapping; matures_on|到期日|matures on; met|是否满足|met;
mode|导入方式|mode; month|月份|month; moved|变动的上限占用|use of caps that moved; n|序号|ordinal; name|名称|name;
name_en|英文名称|name in English; name_zh|中文名称|name in Chinese; new|新增|new; notice|办法|notice;
nonce|一次性随机数|used once; notices|办法|notices; number|账号或钱包编号|number of account or wallet; of|所属|of;
of_leaf|所属记录哈希值|hash of that record; on|日期|day; opening_fen|期初余额|opening balance;
opens_on|起始日|opens on; opinion|意见|opinion; order|预算指令记录号|order record no.; origin|账本|ledger;
other_levels_fen|其他层级支持|support of other levels; other_support|其他支持|other support;
others_fen|他项占用|used by others; ours_fen|本方占用|used here; outcome|处理结果|outcome;
outside_fen|账本外已付|paid outside the ledger; over_fen|超出额|excess; own_fen|本项占用|own use;
paid_on|支付日期|paid on; path|预算路径|budget path; pay_to|支付对象|paid to; payee|收款人|payee;
payee_record|收款人记录号|payee record no.; payer|付款账户|payer; payers|出资方|payers; payout|支付|payout;
payouts|支付|payouts; periods|计息期|periods; place|位置|place; policy_no|保单号|policy no.; post|岗位|as which post;
postings|分录行|postings; posts|任职岗位|posts given; premium_fen|保费|premium;
prior_year|上年结转资金|funds of the year before; problems|问题|problems; project_no|项目号|project no.;
made_at|备份时间|backup made at; manifest|备份清单|list of the backup; orders|未知的支付指令|unknown orders;
note|签名说明|signed note; person|何人|whose; keys|密钥|keys; needed|所需数量|needed;
records|记录号|record nos.; since|起始日|since;
proof|新公钥的证明|proof by the new key; proof_recovery|备用公钥的证明|proof by the sealed key;
proposal|核算方案记录号|proposal record no.; proposal_leaf|核算方案哈希值|hash of the proposal;
public|日常公钥|daily public key; purpose|用途|purpose; rank|排名|rank; rate|利率|rate;
reached|达到阶段|stage reached; reason|理由|reason; receipt_fen|付息凭证金额|interest receipt;
received_on|收到日期|received on; record|记录号|record no.; recorded_at|记录时间|recorded at;
recovery|备用公钥|sealed public key; references|参考号|references; refused|不予补贴|refused; register|台账|register;
relation|比较关系|relation; remedy|改法|remedy; removed|移除|removed; repaired_on|修复日期|repaired on;
replaced_digest|被替换的摘要|digest replaced; replaces|替换的分录|entry replaced; repriced|重新定价|repriced;
reserved_fen|批复占用|reserved; residual_fen|未平金额|left open; rest|其余单元格哈希值|hash of the other cells;
restored|恢复|restored; returned|退回|returned; reversal|冲正|reversal; reverses|冲销的分录|entry reversed;
role|身份|role; root|树根|root; row|行|row; row_key|行编号|key of the row; rows|行|rows; rule|规则|rule;
rules|规则|rules; rules_sha256|规则哈希值|hash of the rules; run|核算种类|kind of run; runs|核算|runs;
same|未变|unchanged; schemas|记录格式|schemas; score|评分|score; seen_on|查看日期|seen on; seq|记录号|record no.;
settled|处理|settlement; settled_on|整改日期|put right on; sha256|SHA-256 哈希值|SHA-256; sheet|工作表|sheet;
side|余额方向|side; signature|签名|signature; signed_on|签订日期|signed on; size|记录数|records;
slip_no|借据号|drawdown slip no.; software|软件版本|software; sort|类别|class; source|来源|source; stage|阶段|stage;
starts_on|起始日|starts on; state|状态|state; state_on|状态日期|day of the state; statement|对账单|statement;
statements|对账单|statements; status|状态|status; statuses|企业状态|statuses of the firm; step|签批步骤|step;
steps|签批岗位|posts that sign; stood_fen|追回前已发放|stood before; stood_through|截至|stood through;
substitute|代理人|substitute; successor|承继企业|successor; sum_insured_fen|保险金额|sum insured;
taken_back|收回|taken back; tax_fen|税额|tax; terms|分录共同项|terms that postings share; text|备注|remark;
through|截至|through; to|截止日或对方|last day, or to; total_fen|合计金额|total; totals|控制总数|control totals;
to_come|其后尚须签名数|signatures still to come after this one; type|决定种类|type of decision; unit|单位|unit;
units|数量|units; uscc|统一社会信用代码|credit code of the firm; valid_until|签名有效至|the signature counts until;
value|值|value; values|值|values; verified|已核实|verified; version|版本|version; void|作废|void;
voids|作废记录数|records voided; wallet_class|钱包类别|class of wallet; wallet_type|钱包类型|type of wallet;
wanted|所需|wanted; what|内容|what; withheld|暂扣|withheld; withheld_fen|决定暂扣额|withheld by decision;
word|词|word; words|词语对照|words; workdays|调休上班日|days worked instead; zone|时区|time zone
""")
# The same where a kind of record means something else by it: kind, field.
WORDS_OF_KIND = _read_words("""
act.count|涵盖的记录数|records covered; actor.name|姓名|name; contract.step|合约环节|step of the contract;
cut.from|起始记录号|from record; genesis.purpose|账本用途|purpose of the ledger;
payment_batch.count|支付笔数|number of payments; person.name|姓名|name;
restore.from|备份中的记录数|records in the backup; restore.to|此前已签名的记录数|records signed for before;
run_closed.count|分录数|number of entries
""")
# Words of fields that decide what is signed -> in Chinese, in English.
VALUES = {
    "opinion": {"approve": ("同意", "approve"), "reject": ("不同意", "reject")},
    "action": {
        "issued": ("下达", "issue"),
        "adjusted": ("调整", "adjust"),
        "transferred": ("调剂", "transfer"),
        "frozen": ("冻结", "freeze"),
        "unfrozen": ("解冻", "give free"),
    },
}
# Act, in the words of the duties -> in Chinese, in English.
ACT_NAMES = _read_words("""
init.found|建立账本|founding of the ledger; init.open|启用账本|opening of the ledger;
people.enrol|登记人员、岗位和公钥|entry of a person with post and key;
people.post|登记岗位或任期|post or term of office; people.end|结束任职|end of a term of office;
people.resign|本人辞任|resignation; people.key.renew|更换本人密钥|renewal of one's key;
people.key.replace|代为更换密钥|replacement of a person's key; people.substitute|指定代理人|naming of a substitute;
duties.change|变更职责设置|change of the duties; notice.add|登记通知|registration of a notice;
benchmark.add|登记基准利率|entry of benchmark rates; import.map|登记文件格式对照|mapping of files;
standing.decide|长期决定|standing decision; standing.end|终止长期决定|end of a standing decision;
operator.register|登记钱包运营机构|registration of a wallet operator; ledger.upgrade|账本升级|upgrade of the ledger;
budget.issue|下达预算|issue of budget; budget.adjust|调整预算|adjustment of budget;
budget.freeze|冻结预算|freezing of budget; import.facts|导入台账|import of a register;
import.withdraw|撤回导入|withdrawal of an import; payee.first|登记收款人|first registration of a payee;
firm.end|企业终止与承继|end of a firm and who takes its place; payee.change|变更收款人|change of a payee;
payer.set|登记付款账户|registration of an account to pay from; grant.set|登记批复|registration of grants;
opening.set|期初已付|opening position; decide|决定|decision; evidence.attach|挂接证明材料|attachment of evidence;
run|核算|run; run.reject|否决核算|rejection of a run; run.withdraw|撤回核算|withdrawal of a run;
public-notice.start|开始公示|start of public notice; public-notice.past|补录公示|public notice of days past;
public-notice.end|终止公示|end of public notice; public-notice.object|登记异议|entry of an objection;
public-notice.settle|处理异议|settlement of an objection; pay|支付批次|payment batch;
pay.cancel|取消支付|cancellation of a payment; pay.export|交付支付指令|handing over of a payment order;
pay.write-off|核销应退款|write-off of a debt; pay.contract|解除合约锁定资金|letting go of what a contract binds;
pay.recall|收回未送出的批次|recall of a batch that never left;
pay.result|登记支付回执|answer to a payment; pay.resolve|认定支付结果|decision on the outcome of a payment;
pay.reopen|退回款重新列支|reopening of what came back; pay.incoming|登记收回或拨入的款项|money that came in;
pay.correct|更正支付科目|correction of a payment's codes; payee.reveal|查看收款人明文|look at a payee's clear text;
stop|停付|stop of payments; lift.own|本人解除停付|lifting of one's own stop; lift|解除停付|lifting of a stop;
clawback|追回|claw-back; clawback.refuse|不同意追回|refusal of a claw-back;
reconcile.import|导入对账单|import of a statement; reconcile.confirm|认定对账单明细|decision on statement lines;
reconcile.overrule|越过规则认定对账单明细|decision on statement lines against the rules;
reconcile.withdraw|撤回对账单|withdrawal of a statement; reconcile.sign-off|月度签核|sign-off of a month;
reconcile.reopen|重开月份|reopening of a month; year.close|年终结转|end of a year;
audit.cut|截断并重建账本|cut of a damaged ledger; session.open|登录服务器，不作记录|sign-in: no record;
audit.restore|从备份恢复账本|ledger put back from a backup; paper.scan|登记纸质签批|paper that was signed;
witness.policy|见证方规则|policy of witnesses; witness.head|登记见证签名|signatures of witnesses;
people.key.compromised|密钥可能泄露|compromised key; people.key.cleared|核销密钥疑点|clearing of what it signed;
log-key.rotate|更换账本密钥|change of the key of the log; clock|时钟更正|correction of the clock
""")
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
    kind = str(body.get("$schema", "//")).split("/")[1]
    for name, value in body.items():
        zh, en = WORDS_OF_KIND.get(f"{kind}.{name}") or WORDS.get(name, (name, name))
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
        elif isinstance(value, str) and value in VALUES.get(name, {}):
            zh, en = VALUES[name][value]
            yield f"{label}{zh} / {en}"
        elif name in SECRET and _secret(body, name):
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


def shown_and_signed(content: bytes, key_file: Path) -> bytes | None:
    """Show a challenge and ask; the content of the signature file, None where it is not wanted.

    Raises `Unsignable` and what keeps a file from being read.
    """
    challenge = read_challenge(content)
    signed = sign(challenge, read_key(key_file))
    print("\n".join(lines(challenge)))
    if not _wanted():
        print("未签署，什么也没有写入。 / Not signed; nothing was written.")
        return None
    return canonical(signed) + b"\n"


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
        signed = shown_and_signed(given.challenge.read_bytes(), given.key)
        if signed is None:
            return 1
        out = given.out or given.challenge.with_suffix(".signature")
        out.write_bytes(signed)
        print(f"签名 / Signature: {out}")
    except (Unsignable, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
