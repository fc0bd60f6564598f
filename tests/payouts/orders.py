"""A batch of two payouts for the tests of the channels, and nothing of a ledger."""

from datetime import date, datetime, timedelta, timezone

from ledger.payouts.channels.instruction import Instruction, Order, Party

MADE_AT = datetime(2025, 7, 1, 9, 30, tzinfo=timezone(timedelta(hours=8)))
FIRST, SECOND = "S0123456789ABCDEF0123456", "SFEDCBA9876543210FEDCBA9"


def wallets() -> Instruction:
    """33,725.00 and 1,120.05 yuan, 34,845.05 together, from wallet to wallet."""
    return Instruction(
        batch="B2025070100010A1B2C3D",
        made_at=MADE_AT,
        pay_on=date(2025, 7, 1),
        payer=Party("C1010211000012", "0012345678905678", "示例专户"),
        orders=(
            Order(FIRST, 1, 3_372_500, Party("C1010411000013", "0098765432101234", "北京示例一有限公司"), "PF1 贴息"),
            Order(SECOND, 2, 112_005, Party("C1010211000012", "0011112222333344", "=示例二"), "PF2 贴息"),
        ),
    )


def accounts() -> Instruction:
    """The same amounts from a bank account to bank accounts."""
    one = wallets()
    return Instruction(
        batch=one.batch,
        made_at=one.made_at,
        pay_on=one.pay_on,
        payer=Party("102100000021", "0200001234567890123", "示例专户"),
        orders=tuple(
            Order(order.key, order.n, order.amount_fen, Party(bank, f"62000{order.n}0000123456", name), order.memo)
            for order, bank, name in zip(
                one.orders, ("102100000056", "308584000013"), ("北京示例一有限公司", "示例&二"), strict=True
            )
        ),
    )
