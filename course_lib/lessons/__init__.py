"""One folder a notebook, under the notebook's own name: what that notebook alone needs.

`exercises.py` holds what it asks, `figures.py` its still pictures, `experiments.py` what it trains
and measures, `live/` its live figures. What a second lesson needs moves to `plots`, `analysis` or
`training`. No lesson imports another, and only notebooks import a lesson.
"""
