"""The options that most commands share, so that they are called and explained alike everywhere."""

from appliance.cli.console import Parser


def config_option(parser: Parser) -> None:
    """Add -c FILE, `config` in the result."""
    parser.flag(
        "-c",
        "--config",
        metavar="FILE",
        default="kefu.yaml",
        zh="配置文件（默认 kefu.yaml）",
        en="the file (default: kefu.yaml)",
    )


def data_option(parser: Parser) -> None:
    """Add --data DIR, `data` in the result."""
    parser.flag(
        "--data",
        metavar="DIR",
        default="data",
        zh="数据目录（默认 data）",
        en="the data directory (default: data)",
    )


def rename_option(parser: Parser) -> None:
    """Add --rename OLD=NEW, as often as needed, `rename` in the result."""
    parser.flag(
        "--rename",
        metavar="OLD=NEW",
        action="append",
        default=[],
        zh="改了名的组或状态",
        en="a queue or state that has another name now",
    )
