import { expect, test } from "vitest";
import type { Move, Ticket } from "../src/api";
import { asked, awkward, buttons, given, lacking, started } from "../src/pages/ticket/moves";

const move = (action: string, needs: string[] = [], takes: string[] = []): Move => ({ action, label: action, needs, takes });
const ticket = (more: Partial<Ticket>) => more as Ticket;

test("the likeliest move stands first, flags wait under the menu, every move stands once", () => {
  const all = ["send_back", "approve", "merge", "urge", "note"].map((one) => move(one));
  const { first, beside, more } = buttons(all);
  expect(first?.action).toBe("approve");
  expect(beside.map((one) => one.action)).toEqual(["send_back"]);
  expect(more.map((one) => one.action)).toEqual(["merge", "urge", "note"]);
});

test("what has a place of its own on the page is no button", () => {
  const { first, beside, more } = buttons([move("edit"), move("attach"), move("unmask")]);
  expect([first, beside, more]).toEqual([null, [], []]);
});

test("a flag stands first where nothing else is to be done", () => {
  expect(buttons([move("note"), move("report")]).first?.action).toBe("report");
});

test("turning something down warns", () => {
  expect(["refuse_reply", "send_back", "approve", "satisfied"].map(awkward)).toEqual([true, true, false, false]);
});

test("a form asks for what the table names and starts with what the ticket says", () => {
  const dispatch = move("dispatch", ["department", "basis"], ["assisting"]);
  expect(asked(dispatch)).toEqual(["department", "basis", "assisting"]);
  expect(started(dispatch, ticket({ department: "甲局", basis: "", assisting: ["乙局"], title: "x" }))).toEqual({
    department: "甲局",
    basis: "",
    assisting: ["乙局"],
  });
  expect(started(move("ask_return", ["reason", "basis"]), ticket({ basis: "派单时的依据" }))).toEqual({});
});

test("nothing is sent while a needed input is empty; what is empty is not sent", () => {
  const pend = move("ask_pend", ["reason", "plan"], ["note", "cited"]);
  expect(lacking(pend, { reason: "  ", plan: "计划" })).toBe("reason");
  expect(lacking(pend, { reason: "难", plan: "计划" })).toBeNull();
  expect(given(pend, { reason: "难", plan: "计划", note: "", cited: [], other: 1 })).toEqual({ reason: "难", plan: "计划" });
});
