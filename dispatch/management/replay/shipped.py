"""The data that comes with the product: the sample, wordings, answers and map."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "data"

SAMPLE = FOLDER / "sample_calls.csv"
WORDINGS = FOLDER / "wordings.csv"
ANSWERS = FOLDER / "simulated_answers.csv"
DURHAM = FOLDER / "durham.geojson"
