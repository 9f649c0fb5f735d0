import { equal } from "node:assert/strict";
import { test } from "node:test";
import { Course, share } from "./course";

test("the course runs from left to right, high loads at the top, and forgets what is older than two minutes", () => {
  const course = new Course();
  equal(course.line(0), "");
  equal(course.area(0), "");
  course.add(0, 0);
  course.add(60_000, 0.55);
  equal(course.line(120_000), "M0 40L50 20");
  equal(course.area(120_000), "M0 40L50 20L50 40L0 40Z");
  course.add(121_000, 7);
  equal(course.line(121_000), "M49.17 20L100 0");
});

test("a share in per cent", () => {
  equal(share(0.734), "73%");
  equal(share(1.5), "150%");
});
