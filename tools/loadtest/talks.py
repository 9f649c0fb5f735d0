"""What people say in a shop, in Chinese and English: the customers of `kefu demo` and the clerks who answer them.

A talk is a customer's wish: his lines in turn with the clerk's.  Lines are pairs, so that neither language can be forgotten.
"""

from typing import NamedTuple

from appliance.errors import Text


class Talk(NamedTuple):
    """One wish: the page it begins on, and (customer, clerk) in turns."""

    page: Text
    path: str
    turns: tuple[tuple[Text, Text], ...]


def _t(zh: str, en: str) -> Text:
    return Text(zh, en)


TALKS: tuple[Talk, ...] = (
    Talk(
        _t("我的订单", "My orders"),
        "/orders",
        (
            (_t("你好，我的订单三天了还没发货", "Hi, I ordered three days ago and nothing has shipped"),
             _t("您好！方便把订单号发给我吗？", "Hello! Could you send me the order number?")),
            (_t("20251017-3382", "20251017-3382"),
             _t("查到了，仓库今天下午出库，明天您就能看到物流信息。", "Found it: it leaves the warehouse this afternoon, tracking shows tomorrow.")),
            (_t("好的，那麻烦快一点，周末要用", "Good. Please hurry, I need it for the weekend"),
             _t("已经帮您备注加急了，周五之前能到。", "I have marked it urgent; it arrives by Friday.")),
        ),
    ),
    Talk(
        _t("退换货", "Returns"),
        "/returns",
        (
            (_t("鞋子小了一码，能换吗？", "The shoes are one size too small, can I exchange them?"),
             _t("可以的，没有穿过、吊牌还在就能换。您要换多大？", "Sure, if they are unworn and the tag is on. Which size do you need?")),
            (_t("42 换成 43", "43 instead of 42"),
             _t("43 码有货。我给您发一张退货单，运费我们出。", "We have 43. I am sending you a return label, postage is on us.")),
            (_t("快递来家里取吗？", "Does the courier pick it up at home?"),
             _t("对，明天上午九点到十二点之间上门。", "Yes, tomorrow between nine and twelve.")),
            (_t("太好了，谢谢", "Great, thank you"),
             _t("不客气，换好的鞋子寄出后会短信通知您。", "You are welcome. We text you when the new pair is on its way.")),
        ),
    ),
    Talk(
        _t("退款进度", "Refund"),
        "/refunds",
        (
            (_t("退款什么时候到账？已经等了五天了", "When does my refund arrive? I have been waiting for five days"),
             _t("抱歉让您久等了，我马上查一下。", "Sorry for the wait, let me look at once.")),
            (_t("129 块那一笔", "It is the one of 129"),
             _t("昨天已经退回原支付方式了，银行一般一到三个工作日到账。", "It went back to your card yesterday; banks take one to three working days.")),
        ),
    ),
    Talk(
        _t("无线耳机 Air 2", "Earbuds Air 2"),
        "/p/air-2",
        (
            (_t("这款耳机支持苹果手机吗？", "Do these earbuds work with an iPhone?"),
             _t("支持的，蓝牙 5.3，苹果和安卓都可以用。", "They do: Bluetooth 5.3, iPhone and Android alike.")),
            (_t("续航多久？", "How long does the battery last?"),
             _t("单次七小时，加上充电盒一共三十小时。", "Seven hours, thirty with the case.")),
            (_t("有白色的吗，今天下单有优惠吗？", "Is there a white one, and any discount today?"),
             _t("白色有货，领一张满 200 减 20 的券再下单就行。", "White is in stock; take the coupon, 20 off from 200.")),
        ),
    ),
    Talk(
        _t("配送信息", "Delivery"),
        "/delivery",
        (
            (_t("地址写错了，还能改吗？", "I typed the wrong address, can it be changed?"),
             _t("还没出库，可以改。新地址发我一下？", "It has not left yet, so yes. What is the new address?")),
            (_t("杭州市西湖区文三路 90 号 5 号楼", "90 Wensan Road, building 5, Hangzhou"),
             _t("改好了，您看订单页里已经是新地址。", "Done, the order page shows the new one.")),
        ),
    ),
    Talk(
        _t("物流查询", "Tracking"),
        "/tracking",
        (
            (_t("显示已签收，可我没收到包裹！", "It says delivered, but I never got the parcel!"),
             _t("别着急，我联系一下快递员，请稍等。", "Do not worry, I am calling the courier. One moment, please.")),
            (_t("门口和驿站都找过了", "I looked at the door and at the pick-up point"),
             _t("快递员说放在小区东门的蜂巢柜了，取件码 4821。", "He says it is in the locker at the east gate, code 4821.")),
            (_t("找到了，下次提前说一声吧", "Found it. Tell me beforehand next time, please"),
             _t("给您添麻烦了，已经备注以后先打电话。", "Sorry for the trouble. I have noted that they call first.")),
        ),
    ),
    Talk(
        _t("发票", "Invoices"),
        "/invoices",
        (
            (_t("可以开公司抬头的发票吗？", "Can I have an invoice for my company?"),
             _t("可以，请把抬头和税号发给我。", "Of course, please send me its name and tax number.")),
            (_t("杭州云帆科技有限公司，91330106MA2XXXXX1K", "Cloudsail Ltd, 91330106MA2XXXXX1K"),
             _t("已开好，电子发票十分钟内发到您的邮箱。", "Issued; it is in your mailbox within ten minutes.")),
        ),
    ),
    Talk(
        _t("会员中心", "Members"),
        "/members",
        (
            (_t("我的积分怎么少了 500？", "Why are 500 of my points gone?"),
             _t("我看一下……这 500 分是去年的，月底到期了。", "Let me see ... those were last year's and expired at the end of the month.")),
            (_t("能不能补给我？我完全不知道会过期", "Can I have them back? I did not know they expire"),
             _t("我帮您申请了补发，明天到账，以后到期前会提醒您。", "I asked for it; you get them tomorrow, and a reminder next time.")),
        ),
    ),
    Talk(
        _t("电饭煲 IH-40", "Rice cooker IH-40"),
        "/p/ih-40",
        (
            (_t("电饭煲用了两周，内胆开始掉漆了", "After two weeks the coating of the rice cooker comes off"),
             _t("这属于质量问题，可以免费换新。能拍张照片吗？", "That is a defect, we replace it free of charge. Could you take a photo?")),
            (_t("在公司，晚上回去拍可以吗", "I am at work, is tonight all right?"),
             _t("可以的，我先给您登记，晚上发到这里就行。", "Of course. I have opened the case; just send it here tonight.")),
            (_t("好，谢谢你", "Fine, thank you"),
             _t("应该的，还有别的问题随时找我们。", "You are welcome, we are here for anything else.")),
        ),
    ),
    Talk(
        _t("首页", "Home"),
        "/",
        (
            (_t("你们双十一的活动到什么时候？", "How long does your sale last?"),
             _t("到本周日 24 点，叠加会员价更划算。", "Until midnight on Sunday, and the members' price comes on top.")),
            (_t("买两件能再便宜点吗？", "Is there more off if I buy two?"),
             _t("两件九五折，下单时自动减。", "Five percent off two, taken off at the checkout.")),
        ),
    ),
)  # fmt: skip

NAMES: tuple[Text, ...] = tuple(
    Text(zh, en)
    for zh, en in (
        ("陈晓雨", "Emma Clark"), ("王磊", "Liam Walker"), ("李思敏", "Olivia Hughes"), ("张伟", "Noah Turner"),
        ("刘洋", "Ava Bennett"), ("赵婷婷", "Mia Foster"), ("孙浩", "Lucas Reed"), ("周静", "Sophie Ward"),
        ("吴迪", "Henry Price"), ("郑佳怡", "Grace Cole"), ("冯凯", "Oscar Lane"), ("何美玲", "Ruby Marsh"),
    )
)  # fmt: skip
CLERKS: tuple[Text, ...] = (Text("小林", "Amy"), Text("小周", "Ben"), Text("小陈", "Chloe"))

STILL_THERE = Text("有人吗？", "Is anybody there?")
THANKS = Text("好的，谢谢！", "All right, thank you!")
COMMENTS: tuple[tuple[int, Text], ...] = (
    (5, Text("回答得很快", "Quick answer")),
    (5, Text("", "")),
    (5, Text("态度很好，问题解决了", "Kind, and it is solved")),
    (4, Text("还可以", "Fine")),
    (4, Text("", "")),
    (3, Text("等得有点久", "The wait was a bit long")),
    (2, Text("没有解决我的问题", "It is not solved")),
)
GREETING = Text("您好，我是{name}，请稍等，我看一下。", "Hello, I am {name}. One moment, please.")
GENERIC: tuple[Text, ...] = (
    Text("明白了，我帮您查一下。", "I see. Let me look into it."),
    Text("好的，已经记下来了，还有别的问题吗？", "Noted. Is there anything else?"),
    Text("这是演示客服，回答都是编好的；真正的客服会在这里接待您。", "I am a demo clerk with made-up answers; a real one will be here for you."),
)  # fmt: skip
