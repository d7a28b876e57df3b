//! Words of managing a plan: units, stock-takes, rulings, plan files.

messages! {}
