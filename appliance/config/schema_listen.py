"""The schema of `listen`: the public address, and that of the admin routes."""

from appliance.config.schema_parts import Schema, both, record, whole

_HOST = r"(\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+)"


def listen() -> Schema:
    """Return the schema of `listen`."""
    admin = {
        "anyOf": [
            {"type": "integer", "minimum": 1, "maximum": 65535},
            {"type": "string", "pattern": f"^(off|{_HOST}:[0-9]{{1,5}})$", "x-kind": "address"},
        ],
        "description": both(
            "管理接口（指标、性能分析）的端口、地址:端口，或 off。只写端口就只在本机；不写就是 port 加一",
            "Port, HOST:PORT or off for the admin routes (metrics, profiles). A port alone is loopback; default: port + 1",
        ),
        "examples": [8081, "10.0.0.5:8081", "off"],
    }
    return record(
        both("监听地址，改了要重启", "Listening address; a change needs a restart"),
        {
            "host": {"type": "string", "default": "127.0.0.1", "minLength": 1, "maxLength": 255},
            "port": whole(both("端口", "Port"), 1, 65535, 8080),
            "admin": admin,
        },
    )
