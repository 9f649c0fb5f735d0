"""`kefu demo`: a simulated shop on the running appliance, so that a first look at the console is a look at life.

Its clerks have fewer places than the shop has customers, so that somebody always waits for the real person at the console.
"""

import asyncio
import contextlib
import signal
import time
from collections import Counter, deque
from collections.abc import Sequence
from pathlib import Path
from random import Random

from appliance.cli.console import FINE, Console, UsageError
from appliance.cli.options import data_option
from appliance.errors import KefuError, Language, Text
from appliance.runtime.secrets import load_secrets
from tools.loadtest.clerks import Clerk
from tools.loadtest.customers import Customer, identity
from tools.loadtest.hiring import Office
from tools.loadtest.loopback import Door, door
from tools.loadtest.person import Person
from tools.loadtest.progress import StatusLine
from tools.loadtest.talks import CLERKS, NAMES, TALKS

EVERY = 8.0
"""Seconds between two customers at speed 1, on average: about as many as the clerks can serve."""

ALWAYS_WAIT = 2
"""As many customers are to wait for the real person at the console: below it more come, above it fewer."""

PLACES = 2
"""Conversations of one clerk at once."""

MOST_HERE = 40
PATIENCE = (40.0, 150.0)
HURRIED = (4.0, 12.0)
"""Seconds until somebody gives up waiting, before and after he has asked again; one in ten is in a hurry."""

MOST_GONE = 10_000
GOODBYE = 0.5
"""Seconds for the last words to arrive when the shop closes."""

MOST_SPEED = 100.0


class Shop:
    """The simulated shop, as long as it is open."""

    def __init__(self, where: Door, cookies: Sequence[str], secret: str, language: Language, speed: float, seed: int) -> None:  # fmt: skip
        self.tally: Counter[str] = Counter()
        self._where = where
        self._secret = secret
        self._language: Language = language
        self._speed = speed
        self._dice = Random(seed)
        self._here: set[Customer] = set()
        self._gone: deque[str] = deque(maxlen=MOST_GONE)
        """Conversations whose simulated customer has left."""
        self.clerks = [
            Clerk(self._person(cookie), name.say(language), language, self._dice, self.pause, self.answer_of)
            for cookie, name in zip(cookies, CLERKS, strict=False)
        ]

    def _person(self, cookie: str = "", signed: str | None = None) -> Person:
        return Person(
            self._where.port, cookie, keep=False, retry=(1.0, 10.0), identity=signed, host=self._where.host
        )

    def pause(self, seconds: float) -> float:
        """Return how long a person's `seconds` are here."""
        return seconds / self._speed

    def answer_of(self, conversation: str) -> str | None:
        """Return what a clerk says in this conversation: "" when its customer has left, None for a real person."""
        for customer in self._here:
            if conversation in customer.person.cards:
                return customer.answer
        return "" if conversation in self._gone else None

    @property
    def waiting(self) -> int:
        """Conversations that wait for an agent, as the desk shows them to a clerk."""
        desk = self.clerks[0].person.desk if self.clerks else None
        there = bool(self.clerks) and self.clerks[0].person.welcomed.is_set()
        return len(desk.waiting) if there and desk is not None and desk.waiting else 0

    async def open(self, closing: asyncio.Event) -> None:
        """Let clerks work and customers come until it closes."""
        async with asyncio.TaskGroup() as tasks:
            working = [tasks.create_task(clerk.work()) for clerk in self.clerks]
            visits: set[asyncio.Task[None]] = set()
            while not closing.is_set():
                if len(self._here) < MOST_HERE:
                    visit = tasks.create_task(self._visit())
                    visits.add(visit)
                    visit.add_done_callback(visits.discard)
                with contextlib.suppress(TimeoutError):
                    every = EVERY * (0.6 if self.waiting < ALWAYS_WAIT else 1.6)
                    async with asyncio.timeout(self.pause(self._dice.expovariate(1 / every))):
                        await closing.wait()
            for customer in self._here:
                customer.end()
            await asyncio.sleep(GOODBYE)
            for task in (*visits, *working):
                task.cancel()
        for clerk in self.clerks:
            clerk.person.leave()

    async def _visit(self) -> None:
        dice = self._dice
        name = dice.choice(NAMES).say(self._language)
        signed = None
        if dice.random() < 0.6:
            # Six in ten are signed in; a few of them are the shop's best customers.
            level = dice.choice((0, 0, 1, 1, 2, 4))
            signed = identity(self._secret, f"demo-{dice.randrange(10**6)}", name, level)
        patience = dice.uniform(*(HURRIED if dice.random() < 0.1 else PATIENCE))
        person = self._person(signed=signed)
        customer = Customer(person, dice.choice(TALKS), self._language, dice, self.pause, patience)
        self._here.add(customer)
        try:
            await customer.visit(self.tally)
        finally:
            self._here.discard(customer)
            self._gone.extend(person.cards)
            person.leave()


def command(arguments: Sequence[str], console: Console) -> int:
    """Run the shop until Ctrl-C, or for so many minutes."""
    parser = console.parser(
        "demo",
        Text(
            "模拟一家店：顾客来咨询，客服在回答；在正在运行的 kefu 上，按 Ctrl+C 结束。",
            "A simulated shop on the running kefu: customers ask, clerks answer; Ctrl+C ends it.",
        ),
    )
    data_option(parser)
    parser.flag("--url", metavar="URL", zh="它的地址（默认由数据目录得知）", en="its address (default: known from the data directory)")  # fmt: skip
    parser.flag("--speed", type=float, default=1.0, metavar="X", zh="快几倍（默认 1）", en="how many times faster than life (default: 1)")  # fmt: skip
    parser.flag("--minutes", type=float, metavar="M", zh="多少分钟后自己结束（默认一直开着）", en="ends by itself after so many minutes (default: never)")  # fmt: skip
    parser.flag("--seed", type=int, metavar="N", zh="随机种子", en="the seed")
    given = parser.parse_args(arguments)
    if not 0 < given.speed <= MOST_SPEED or (given.minutes is not None and given.minutes <= 0):
        raise UsageError(
            Text(
                "速度要在 0 到 100 之间，分钟数要大于 0。",
                "The speed is above 0 and at most 100, minutes are above 0.",
            ),
            Text("例如 --speed 10。", "Such as --speed 10."),
        )
    data = Path(given.data)
    if given.url is not None:
        door(given.url)
    running = Office("127.0.0.1", 0, data).status()
    where = door(given.url or str(running["url"]))
    office = Office(where.host, where.port, data)
    secret = load_secrets(data).identity
    logins = [f"demo-{number + 1}" for number in range(len(CLERKS))]
    engaged: list[str] = []
    try:
        cookies = []
        for login, name in zip(logins, CLERKS, strict=True):
            engaged.append(login)
            cookies.append(office.engage(login, PLACES, name.say(console.language)))
        seed = time.time_ns() if given.seed is None else given.seed
        shop = Shop(where, cookies, secret, console.language, given.speed, seed)
        asyncio.run(_open(shop, office, given.minutes, console))
    finally:
        for login in engaged:
            with contextlib.suppress(KefuError, OSError):
                office.dismiss(login)
    console.show(
        _account(shop, console), {"seed": seed, "answers": _answers(shop), "visits": dict(shop.tally)}
    )
    return FINE


async def _open(shop: Shop, office: Office, minutes: float | None, console: Console) -> None:
    closing = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(ValueError, RuntimeError):
            # Only the main thread of a process hears signals.
            loop.add_signal_handler(number, closing.set)
    if minutes is not None:
        loop.call_later(minutes * 60, closing.set)
    console.note(
        console.text(
            f"店开门了。客服工作台：{office.origin}/console（把自己设为“就绪”就能接待排队的顾客）；按 Ctrl+C 打烊。",
            f"The shop is open. Console: {office.origin}/console (set yourself to ready to serve who waits); Ctrl+C closes it.",
        )
    )
    status = StatusLine(console.err)
    async with asyncio.TaskGroup() as tasks:
        telling = tasks.create_task(_tell(shop, status, console))
        await shop.open(closing)
        telling.cancel()
    status.done()


async def _tell(shop: Shop, status: StatusLine, console: Console) -> None:
    while True:
        if status.due:
            status.draw(_account(shop, console))
        await asyncio.sleep(0.5)


def _account(shop: Shop, console: Console) -> str:
    tally = shop.tally
    served, here, gone = tally["served"] + tally["rated"], tally["here"], tally["abandoned"]
    return console.text(
        f"在店 {here}，排队 {shop.waiting}，接待完 {served}，评分 {tally['rated']}，等不及走了 {gone}，客服回复 {_answers(shop)}",
        f"{here} here, {shop.waiting} waiting, {served} served, {tally['rated']} rated, {gone} gave up, {_answers(shop)} answers",
    )


def _answers(shop: Shop) -> int:
    return sum(clerk.answered for clerk in shop.clerks)
