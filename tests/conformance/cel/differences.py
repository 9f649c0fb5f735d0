"""Where a guard answers otherwise than CEL on purpose: every such vector with its reason.

Both documents of the guard language carry the reasons word for word; tests hold the three together.
"""

from appliance.errors import Text

LOADED = Text(
    "在 CEL 里要运行到才出错的，这里读文件时就拒绝：没有的变量和函数，放不到一起的类型，哪怕另一边已经定了结果",
    "What CEL finds out when it runs is refused when the file is loaded: names that do not exist, and types that do not "
    "go together, even where the other side decides",
)
WHOLE = Text(
    "整数在一个条件里不会溢出；变量超过 53 位，`set` 不收",
    "Whole numbers do not overflow within a condition; `set` refuses a variable that outgrows 53 bits",
)

_MATHS = "integer_math/int64_math"
DIFFERENCES: dict[str, Text] = {
    "basic/variables/unbound_is_runtime_error": LOADED,
    "basic/functions/unbound_is_runtime_error": LOADED,
    "comparisons/eq_literal/not_eq_list_length": LOADED,
    "logic/conditional/mixed_type": LOADED,
    "logic/AND/short_circuit_type_left": LOADED,
    "logic/AND/short_circuit_type_right": LOADED,
    "logic/OR/short_circuit_type_left": LOADED,
    "logic/OR/short_circuit_type_right": LOADED,
    f"{_MATHS}/int64_overflow_positive": WHOLE,
    f"{_MATHS}/int64_overflow_negative": WHOLE,
    f"{_MATHS}/int64_overflow_add_negative": WHOLE,
    f"{_MATHS}/int64_overflow_sub_positive": WHOLE,
    f"{_MATHS}/int64_min_negate": WHOLE,
    f"{_MATHS}/int64_min_negate_mul": WHOLE,
    f"{_MATHS}/int64_min_negate_div": WHOLE,
    f"{_MATHS}/int64_overflow_mul_positive": WHOLE,
    f"{_MATHS}/int64_overflow_mul_negative": WHOLE,
}
