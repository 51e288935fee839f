"""The words of the workflow: states, actions, roles; values for the code, labels for the screen."""

from enum import StrEnum


class Labelled(StrEnum):
    """A value for the code and a Chinese label for the screen."""

    label: str

    def __new__(cls, value: str, label: str = "") -> "Labelled":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class State(Labelled):
    """Where a ticket stands."""

    DRAFT = "draft", "草稿"
    ANSWERED = "answered", "已答复"
    ROUTED_OUT = "routed_out", "已告知途径"
    EMERGENCY = "emergency", "紧急联动"
    IN_REVIEW = "in_review", "待审核"
    TO_DISPATCH = "to_dispatch", "待派单"
    MERGED = "merged", "已并单"
    DISPATCHED = "dispatched", "待签收"
    RETURN_REQUESTED = "return_requested", "申请退单"
    CONFERENCE = "conference", "待会商"
    IN_PROGRESS = "in_progress", "办理中"
    EXTENSION_REQUESTED = "extension_requested", "申请延期"
    PEND_REQUESTED = "pend_requested", "申请挂账"
    PENDED = "pended", "已挂账"
    REPLIED = "replied", "待审反馈"
    TO_CALL_BACK = "to_call_back", "待回访"
    REWORK = "rework", "待重办"
    ADJUDICATION = "adjudication", "待裁定"
    CLOSED = "closed", "已办结"
    ARCHIVED = "archived", "已归档"


class Action(Labelled):
    """What can be done to a ticket."""

    CREATE = "create", "新建"
    FILL = "fill", "智能填写"
    EDIT = "edit", "修改"
    RELEASE = "release", "恢复智能填写"
    CLAIM = "claim", "认领"
    ANSWER = "answer", "直接答复"
    ROUTE_OUT = "route_out", "告知法定途径"
    ESCALATE = "escalate", "紧急联动"
    REPORT = "report", "报送信息"
    SUBMIT = "submit", "提交审核"
    APPROVE = "approve", "审核通过"
    SEND_BACK = "send_back", "退回修改"
    MERGE = "merge", "并单"
    UNMERGE = "unmerge", "撤销并单"
    ABSORB = "absorb", "并入工单"
    LINK = "link", "关联前次工单"
    INHERIT = "inherit", "沿用主单结果"
    DISPATCH = "dispatch", "派单"
    ASSIGN = "assign", "会商定责"
    SIGN = "sign", "签收"
    CONTACT = "contact", "联系诉求人"
    ASK_RETURN = "ask_return", "申请退单"
    ACCEPT_RETURN = "accept_return", "同意退单"
    REFUSE_RETURN = "refuse_return", "驳回退单"
    ASK_EXTENSION = "ask_extension", "申请延期"
    GRANT_EXTENSION = "grant_extension", "同意延期"
    REFUSE_EXTENSION = "refuse_extension", "驳回延期"
    ASK_PEND = "ask_pend", "申请挂账"
    GRANT_PEND = "grant_pend", "同意挂账"
    REFUSE_PEND = "refuse_pend", "驳回挂账"
    RESUME = "resume", "恢复办理"
    URGE = "urge", "催办"
    SUPERVISE = "supervise", "督办"
    REPLY = "reply", "反馈"
    ACCEPT_REPLY = "accept_reply", "反馈通过"
    REFUSE_REPLY = "refuse_reply", "反馈退回"
    SATISFIED = "satisfied", "回访满意"
    UNSATISFIED = "unsatisfied", "回访不满意"
    UNREACHED = "unreached", "回访未接通"
    DISPUTE = "dispute", "提请裁定"
    UPHOLD = "uphold", "裁定办结"
    OVERTURN = "overturn", "裁定重办"
    CLOSE = "close", "办结"
    ARCHIVE = "archive", "归档"
    NOTE = "note", "备注"
    ATTACH = "attach", "上传附件"
    UNMASK = "unmask", "查看诉求人信息"
    UPGRADE = "upgrade", "数据升级"


class Role(Labelled):
    """Who acts."""

    AGENT = "agent", "坐席"
    TEAM_LEADER = "team_leader", "组长"
    REVIEWER = "reviewer", "班长"
    DISPATCHER = "dispatcher", "派单员"
    DEPARTMENT = "department", "承办单位"
    SUPERVISOR = "supervisor", "督办员"
    CALLER_BACK = "caller_back", "回访员"
    ANNOTATOR = "annotator", "百科编辑"
    KNOWLEDGE_REVIEWER = "knowledge_reviewer", "百科审核员"
    ADMIN = "admin", "管理员"
    SYSTEM = "system", "系统"


class Clock(Labelled):
    """A time limit that runs on a ticket."""

    SIGN = "sign", "签收"
    CONTACT = "contact", "联系诉求人"
    HANDLE = "handle", "办结"
    RETURN = "return", "申请退单"
    REPORT = "report", "信息报送"
    REWORK = "rework", "重办"
    CALLBACK = "callback", "回访"
    REVIEW = "review", "挂账复核"
