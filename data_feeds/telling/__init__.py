"""Carrying tellings out of the product: gateways of text messages and calls, webhooks, and the job that feeds them."""
