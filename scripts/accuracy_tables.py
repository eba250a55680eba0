#!/usr/bin/env python3
"""Writes the tables of docs/accuracy.md from the measurements that accuracy.sh made; with --models lists what to measure."""
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
RESULTS = ROOT / "artifacts" / "accuracy"
CK_PLUS = ROOT / "docs" / "accuracy" / "ckplus"
PAGE = ROOT / "docs" / "accuracy.md"


def models():
    """Names of the shipped affect networks with their networks of the zoo."""
    for card in sorted((ROOT / "models").glob("*.json")):
        content = json.loads(card.read_text())
        if content.get("classes") and card.with_suffix(".safetensors").exists():
            yield card.stem, content["network"]


def frame_model(network, shipped):
    """The shipped network of single frames whose encoder a sequence network has; None for others."""
    if not network.startswith("facechannels-"):
        return None
    wanted = network.replace("facechannels-", "affwild2-frame-", 1)
    return next((name for name, other in shipped if other == wanted), None)


def load(path):
    return json.loads(path.read_text()) if path.exists() else None


def percent(measure):
    if measure is None:
        return "not measured"
    return f"{100 * measure['value']:.1f} ({100 * measure['low']:.1f} to {100 * measure['high']:.1f})"


def points(measure):
    return f"{100 * measure['value']:+.1f} ({100 * measure['low']:+.1f} to {100 * measure['high']:+.1f})"


def accuracy(name, kind):
    result = load(RESULTS / f"{name}.{kind}.json")
    return percent(result["accuracy"] if result else None)


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) if rows else "Not measured yet."


def stills(shipped):
    rows = []
    for name, _ in shipped:
        result = load(RESULTS / f"{name}.majority.json")
        if result is None:
            continue
        rows.append([
            f"`{name}`", f"{result['parameters']:,}", f"{result['multiplyAccumulates'] / 1e6:,.1f}",
            accuracy(name, "majority"), accuracy(name, "mirrored"), accuracy(name, "crossentropy"), accuracy(name, "all"),
            percent(result["calibrationError"]), f"`./ferros evaluate --weights {name} --data ferplus --protocol majority`",
        ])
    return table(
        ["model", "parameters", "million MACs a frame", "majority", "majority, with the mirrored picture", "cross-entropy", "all rows",
         "calibration error (majority)", "command"], rows)


def films(shipped):
    rows = []
    for name, network in shipped:
        result, frame = load(RESULTS / f"{name}.films.json"), frame_model(network, shipped)
        if result is None or result.get("frameNetwork") is None or frame is None:
            continue
        single = result["frameNetwork"]
        rows.append([
            f"`{name}`", percent(result["network"]["wholeFilm"]["accuracy"]), percent(single["lastFrame"]["accuracy"]),
            percent(single["everyFrame"]), percent(single["meanOfFrames"]["accuracy"]), points(result["gainOverLastFrame"]),
            points(result["gainOverEveryFrame"]), points(result["gainOverMeanOfFrames"]),
            f"`./ferros evaluate --weights {name} --data ferplus --corrupt --frame-weights {frame}`",
        ])
    return table(
        ["model", "after the film", "frame network: last frame", "every frame", "mean over the frames", "gain over the last frame, points",
         "over every frame", "over the mean", "command"], rows)


def ck_plus():
    rows = []
    for path in sorted(CK_PLUS.glob("*.json")):
        result = json.loads(path.read_text())
        pooled, folds = result["pooled"], result["foldAccuracies"]
        rows.append([
            f"`{result['network']}`", percent(pooled["accuracy"]), f"{100 * result['foldMean']:.1f} +- {100 * result['foldDeviation']:.1f}",
            str(len(folds)), percent(pooled["macroF1"]), result["initial"] or "anew", f"`./{result['command']}`",
        ])
    return table(["network", "accuracy, pooled", "mean and deviation over folds", "folds", "macro F1", "first weights", "command"], rows)


def main():
    shipped = list(models())
    if sys.argv[1:] == ["--models"]:
        for name, network in shipped:
            print(name, frame_model(network, shipped) or "")
        return
    text = PAGE.read_text()
    for name, content in [("ferplus", stills(shipped)), ("films", films(shipped)), ("ckplus", ck_plus())]:
        begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
        before, rest = text.split(begin)
        text = before + begin + "\n" + content + "\n" + end + rest.split(end)[1]
    PAGE.write_text(text)


main()
