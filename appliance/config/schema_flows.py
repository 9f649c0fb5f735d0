"""The part of the schema that describes flows: states, transitions and actions, with every built-in word in it."""

from appliance.config.schema_parts import Schema, ref, word_list
from appliance.config.vocabulary import ACTIONS, EVENTS, ActionWord, Parameter

# Editors run this in JavaScript, whose \\w knows no Chinese: so it says what a name must not hold.
_NAME = "^[^\\s0-9!-/:-@\\[-^`{-~][^\\s!-/:-@\\[-^`{-~]*$"
_JSON_TYPES = {"bool": "boolean", "number": "number", "list": "array"}


def flow_definitions() -> Schema:
    """Return the definitions flow, state, transition, transitions, action and actions."""
    return {
        "target": {
            "type": "string",
            "minLength": 1,
            "maxLength": 60,
            "description": "目标状态\nTarget state",
        },
        "transition": _transition(),
        "transitions": {
            "anyOf": [ref("transition"), {"type": "array", "items": ref("transition"), "minItems": 1}],
            "x-kind": "transitions",
        },
        "action": {"anyOf": [{"type": "string", "minLength": 1, "maxLength": 60}, _action_with_arguments()]},
        "actions": {
            "anyOf": [
                {"type": "string", "minLength": 1, "maxLength": 60},
                _action_with_arguments(),
                {"type": "array", "items": ref("action")},
            ],
            "description": "动作\nActions\n" + word_list(ACTIONS),
        },
        "state": _state(),
        "flow": _flow(),
    }


def _transition() -> Schema:
    return {
        "type": "object",
        "description": "转移\nA transition",
        "properties": {
            "to": ref("target"),
            "when": ref("guard"),
            "action": ref("actions"),
            "reenter": {
                "type": "boolean",
                "default": False,
                "description": "重新进入\nLeave and enter again",
            },
        },
        "additionalProperties": False,
        "minProperties": 1,
    }


def _action_with_arguments() -> Schema:
    return {
        "type": "object",
        "properties": {name: _arguments(word) for word in ACTIONS for name in (word.name, word.zh)},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
        "x-kind": "action",
    }


def _arguments(word: ActionWord) -> Schema:
    about = f"{word.about.zh}\n{word.about.en}"
    full: Schema = {"type": "object", "description": about}
    if not word.free:
        full["properties"] = {parameter.name: _parameter(parameter) for parameter in word.parameters}
        full["additionalProperties"] = False
        full["required"] = [parameter.name for parameter in word.parameters if parameter.required]
    forms: list[Schema] = [full]
    if word.main:
        main = next(parameter for parameter in word.parameters if parameter.name == word.main)
        forms.insert(0, _parameter(main))
    if not any(parameter.required for parameter in word.parameters) and not word.free:
        forms.append({"type": "null"})
    return {"description": about, "anyOf": forms}


def _parameter(parameter: Parameter) -> Schema:
    if parameter.type == "duration":
        return ref("duration")
    schema: Schema = {"type": _JSON_TYPES.get(parameter.type, "string")}
    if schema["type"] == "string":
        schema |= {"minLength": 1, "maxLength": 1000}
    if parameter.choices:
        schema["enum"] = list(parameter.choices)
    return schema


def _state() -> Schema:
    names = [name for word in EVENTS for name in (word.name, word.zh)]
    return {
        "type": "object",
        "description": "状态\nA state",
        "properties": {
            "initial": ref("target", "先进入哪个子状态\nThe child state that is entered first"),
            "states": _states(),
            "on": {
                "type": "object",
                "properties": {name: ref("transitions") for name in names},
                "patternProperties": {"^(custom|done)\\..+": ref("transitions")},
                "additionalProperties": False,
                "description": "事件\nEvents\n" + word_list(EVENTS),
                "x-kind": "events",
            },
            "after": {
                "type": "object",
                "additionalProperties": ref("transitions"),
                "description": "计时：进入状态多久以后\nTimers: how long after entering the state",
                "x-kind": "timers",
            },
            "always": ref("transitions", "条件成立就立刻走\nTaken at once when its guard is true"),
            "entry": ref("actions", "进入时的动作\nActions on entering"),
            "exit": ref("actions", "离开时的动作\nActions on leaving"),
            "final": {"type": "boolean", "default": False, "description": "会话到此结束\nThe end"},
            "parallel": {
                "type": "boolean",
                "default": False,
                "description": "子状态同时生效\nAll children are active at once",
            },
            "history": {
                "enum": ["shallow", "deep"],
                "description": "回到上级离开前的子状态；initial 是第一次去哪\n"
                "Back to what was active in the parent; initial: where it leads the first time",
            },
        },
        "additionalProperties": False,
    }


def _states() -> Schema:
    return {
        "type": "object",
        "propertyNames": ref("target"),
        "additionalProperties": ref("state"),
        "minProperties": 1,
        "description": "子状态\nChild states",
    }


def _flow() -> Schema:
    return {
        "type": "object",
        "description": "流程\nA flow",
        "properties": {
            "initial": ref("target", "从哪个状态开始\nWhere a conversation begins"),
            "on_error": ref("target", "流程出错时去哪\nWhere a conversation goes when its flow fails"),
            "vars": {
                "type": "object",
                "propertyNames": {"type": "string", "pattern": _NAME, "maxLength": 60, "x-kind": "variable"},
                "additionalProperties": {"type": ["string", "number", "boolean"]},
                "description": "流程变量和初值\nVariables of the flow with their first values",
            },
            "states": _states(),
            "guarantee": {
                "type": "array",
                "items": _guarantee(),
                "minItems": 1,
                "maxItems": 50,
                "description": "保证：kefu check 走遍所有可能的对话来证明\n"
                "Promises that kefu check proves by exploring every possible conversation",
            },
        },
        "required": ["initial", "states"],
        "additionalProperties": False,
    }


def _guarantee() -> Schema:
    reach = "到其中一个就算做到\nKept as soon as one of these is active"
    return {
        "type": "object",
        "description": "一条保证\nOne promise",
        "properties": {
            "name": ref("name", "名字\nIts name"),
            "from": ref("target", "从进入这个状态起算\nCounted from entering this state"),
            "on": {
                "type": "string",
                "minLength": 1,
                "maxLength": 60,
                "description": "写了就从在该状态里发生这个事件起算\nIf given, counted from this event in that state",
            },
            "reach": {
                "anyOf": [ref("target"), {"type": "array", "items": ref("target"), "minItems": 1}],
                "description": reach,
            },
            "within": ref("duration", "最多多久（含）\nAt the latest after this time, inclusive"),
        },
        "required": ["name", "from", "reach", "within"],
        "additionalProperties": False,
    }
