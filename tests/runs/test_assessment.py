"""What nobody has decided on is judged after what was granted, on the same day too."""

from pathlib import Path

from ledger.resources import fixture
from tests.support.batch_office import PREMIUM, A, apply, grant, open_batch_office, shown

FACTORY = "gjj-2024-batch-5-smart-factory"
CLAIMS = "claim_no,uscc,achieved_on,base,attributes\n"


def test_a_firm_that_was_granted_support_this_day_has_its_one_support(tmp_path: Path) -> None:
    office = open_batch_office(tmp_path, PREMIUM, "2024-09-02")
    office.do("notice", "add", str(fixture(f"notices/{FACTORY}.yaml")))
    office.take(
        "policies",
        "policy_no,insurer,uscc,item,signed_on,liability,premium,launched_on\n"
        f"BD1,示例财险,{A},SX-1,2024-05-06,200000000,8000000,2024-06-20\n",
    )
    office.take("claims", CLAIMS + f"ZN1,{A},2024-06-30,5000000,grade=advanced; build_years=2\n")
    apply(office, PREMIUM, f"SB1,{A},BD1,2024-08-01")
    apply(office, FACTORY, f"SB2,{A},ZN1,2024-08-02")
    # 20 % of 5 million, before anything is granted under another notice of the fund.
    assert shown(office, FACTORY) == {"SB2": ("open", "1000000.00", "1000000.00")}
    grant(office, "PF1,SB1,2024-09-02,4000000")
    assert shown(office, FACTORY) == {"SB2": ("refused", "0.00", "0.00")}
    [one] = office.read("run", "batch", FACTORY, "--dry-run")["applications"]
    assert one["refused"] == [{"code": "second_support", "clause": "guide.III.2.2"}]
