"""Section 14: what such a test cannot know, and the raw data."""

from appliance.errors import Text
from tools.loadtest.report.blocks import Block, Points, Remark, Section
from tools.loadtest.results import Results


def method_section(results: Results) -> Section:
    """Return section 14.  The template adds the downloads."""
    blocks: list[Block] = [Points(_limits(results))]
    if results.ended == "interrupted":
        text = Text(
            "这次测试中途停止，曲线只画到停下为止。", "This run was broken off; the curves end where it did."
        )
        blocks.insert(0, Remark(text, "warn"))
    lead = Text("读这些数字时该知道的。", "What to know when reading these figures.")
    return Section(14, Text("方法的局限与原始数据", "Limits of the method and raw data"), lead, blocks)


def _limits(results: Results) -> list[Text]:
    return [
        _line(results),
        Text(
            "客户端是程序，不是浏览器：没有渲染时间，消息按时刻表发出，不像真人那样停顿和成串。",
            "The clients are programs and not browsers: nothing is rendered, and messages follow a schedule where people "
            "pause and cluster.",
        ),
        Text(
            "一次运行就是一次：同样的命令再跑一遍，数字会有出入。要比较两个版本，请各跑几次。",
            "One run is one run: the same command gives somewhat other figures the next time. To compare two versions, run each "
            "several times.",
        ),
        Text(
            "百分位由各进程的直方图合并后得出，从不对百分位取平均；直方图自身有取整误差。",
            "Percentiles come from the merged histograms of all processes and are never averaged; a histogram rounds.",
        ),
        Text(
            "采样每隔一段时间进行，两次采样之间的尖峰可能看不到。图上的点很多时，每一小段只画最低和最高。",
            "Samples are taken at intervals, so a peak between two may be missed. Where a chart has many points, each part shows "
            "its lowest and highest.",
        ),
        Text("1 KB = 1,024 字节。时刻均为 UTC。", "1 KB = 1,024 bytes. Times of day are UTC."),
    ]


def _line(results: Results) -> Text:
    if results.environment.same_machine:
        return Text(
            "流量只走本机回环地址：没有网络延迟、丢包、代理和 TLS，这些在真实线路上都会有。发压程序与客服系统又抢同一批核，"
            "所以承载能力是低估的。",
            "All traffic stayed on this machine: no network delay, no loss, no proxy and no TLS, all of which a real line has. "
            "Generator and chat system also competed for the same cores, which makes the capacity look lower than it is.",
        )
    return Text(
        "发压程序在另一台机器上，耗时里含有两台机器之间的网络。",
        "The generator ran on another machine; latencies include the network between the two.",
    )
