#!/usr/bin/env python3
"""Records what scikit-learn says of seeded answers of classifiers, and numpy of seeded latencies.

evaluation_test.cc gives the same answers to cpp_api/cli/evaluation.h.

  python -m venv venv && venv/bin/pip install scikit-learn==1.9.1 numpy==2.4.6
  venv/bin/python tests/golden/record_evaluation.py > tests/golden/data/evaluation_sklearn.json
"""
import json
import sys

import numpy as np
import sklearn
from sklearn import metrics

# Classes, pictures, how often the best class is the true one, classes that no picture shows.
CASES = [(7, 120, 0.6, [3]), (3, 5, 0.9, []), (40, 60, 0.3, list(range(20, 40))), (6, 1, 0.0, [0]),
         (12, 400, 0.95, [5, 6])]
PERCENTS = [0, 1, 10, 50, 90, 95, 99, 100]


def case(rng, classes, pictures, accuracy, absent):
    truth = rng.choice([c for c in range(classes) if c not in absent], pictures)
    scores = rng.random((pictures, classes))
    lucky = rng.random(pictures) < accuracy
    scores[np.arange(pictures)[lucky], truth[lucky]] += 1
    ranked = np.argsort(-scores, axis=1)
    best = ranked[:, 0]
    labels = sorted(set(truth) | set(best))
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        truth, best, labels=labels, zero_division=0)
    macro = metrics.precision_recall_fscore_support(
        truth, best, labels=labels, average="macro", zero_division=0)
    return {
        "truth": truth.tolist(),
        "ranked": ranked[:, :5].tolist(),
        "classes": [int(label) for label in labels],
        "top1": metrics.accuracy_score(truth, best),
        "top5": (metrics.top_k_accuracy_score(truth, scores, k=5, labels=range(classes))
                 if classes > 5 else 1.0),
        "precision": precision.tolist(), "recall": recall.tolist(), "f1": f1.tolist(),
        "support": support.tolist(), "macro": [float(value) for value in macro[:3]],
        "confusion": metrics.confusion_matrix(truth, best, labels=labels).tolist(),
    }


def main():
    rng = np.random.default_rng(1)
    latencies = [rng.gamma(2.0, 3.0, n).round(6) for n in (1, 2, 7, 250)]
    json.dump({
        "versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__},
        "cases": [case(rng, *arguments) for arguments in CASES],
        "percents": PERCENTS,
        "latencies": [{"values": values.tolist(), "percentiles": np.percentile(values, PERCENTS).tolist()}
                      for values in latencies],
    }, sys.stdout, separators=(",", ":"))
    print()


if __name__ == "__main__":
    main()
