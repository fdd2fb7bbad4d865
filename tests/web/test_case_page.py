"""What a case's page shows of each decision."""

from fastapi.testclient import TestClient

from kg.explore.marking import anchor


def test_each_ground_stands_on_its_card_and_in_the_letter(site: TestClient):
    seen = set()
    for row in site.get("/api/cases?limit=40").json()["results"]:
        case = site.get(f"/api/cases/{row['case']}").json()
        page = site.get(f"/cases/{row['case']}").text
        for position, decision in enumerate(case["decisions"], 1):
            for number, ground in enumerate(decision["grounds"], 1):
                name = anchor(f"item/{position}/ground/{number}")
                assert f'href="#{name}"' in page
                assert f'id="{name}"' in page
                seen.add(ground["met"])
        for met, kind in ((True, "m k-ground-met"), (False, "m k-ground-not-met")):
            stated = any(ground["met"] is met for one in case["decisions"] for ground in one["grounds"])
            assert not stated or page.count(kind) > 1, "once in the legend, once in the letter"
    assert seen == {True, False}
