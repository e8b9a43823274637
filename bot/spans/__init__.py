"""The parts of `bot/extract.py`: a module for each kind of span, pure, Python 3.10."""
