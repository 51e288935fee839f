/** The roles that people sign in with. */
export const ROLES: Readonly<Record<string, string>> = {
  agent: "坐席",
  team_leader: "组长",
  reviewer: "班长",
  dispatcher: "派单员",
  department: "承办单位",
  supervisor: "督办员",
  caller_back: "回访员",
  admin: "管理员",
};
