"""Figures with an address, over HTTP."""

import pytest


def test_rows_of_drivers_carry_an_address_that_gives_them_again(site):
    rows = site.get("/api/drivers", params={"level": "guideline", "limit": 3}).json()["results"]
    for row in rows:
        again = site.get(row["figure"], headers={"Accept": "application/json"})
        assert again.status_code == 200
        values = again.json()["values"]
        assert (values["decisions"], values["overturned"]) == (row["decisions"], row["overturned"])
        assert values["adjusted_odds_ratio"] == pytest.approx(
            row["adjusted_odds_ratio"], rel=1e-6, nan_ok=True
        )


@pytest.mark.parametrize(
    ("form", "media_type", "said"),
    [
        ("html", "text/html", "Cite this figure"),
        ("json", "application/json", '"inputs"'),
        ("ttl", "text/turtle", "qb:Observation"),
        ("nt", "application/n-triples", "Observation"),
        ("bibtex", "application/x-bibtex", "@misc"),
        ("csl", "application/vnd.citationstyles.csl+json", '"dataset"'),
        ("text", "text/plain", "inputs"),
    ],
)
def test_a_figure_has_many_forms(site, form, media_type, said):
    by_name = site.get("/figures/outcomes", params={"category": "Pharmaceuticals", "format": form})
    by_type = site.get("/figures/outcomes?category=Pharmaceuticals", headers={"Accept": media_type})
    for got in (by_name, by_type):
        assert got.status_code == 200
        assert got.headers["content-type"].startswith(media_type)
        assert said in got.text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/figures/outcomes?generation=999999", 404),
        ("/figures/outcomes?generation=000001&inputs=9-0123456789abcdef", 404),
        ("/figures/nothing", 422),
        ("/figures/outcomes?colour=red", 422),
        ("/figures/driver", 422),
    ],
)
def test_a_forged_address_is_a_problem_of_one_sentence(site, address, status):
    got = site.get(address, headers={"Accept": "application/json"})
    assert got.status_code == status
    assert got.json()["detail"]
    assert site.get("/figures/outcomes", headers={"Accept": "image/png"}).status_code == 406
